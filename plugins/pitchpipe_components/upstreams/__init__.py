"""Upstreams: others that answer for a server."""

import pitchpipe as pp

ROOMS = ("pitchpipe_components.upstreams",)


@pp.hookimpl
def register_upstreams(register: pp.Register) -> None: ...
