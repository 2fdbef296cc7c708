"""Guards: what may be asked, and what may be answered."""

import pitchpipe as pp

ROOMS = ("pitchpipe_components.guards",)


@pp.hookimpl
def register_guards(register: pp.Register) -> None: ...
