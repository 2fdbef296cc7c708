"""Routers: which upstream answers a request."""

import pitchpipe as pp

ROOMS = ("pitchpipe_components.routers",)


@pp.hookimpl
def register_routers(register: pp.Register) -> None: ...
