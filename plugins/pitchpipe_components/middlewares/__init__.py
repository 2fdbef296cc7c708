"""Middleware: what stands around the answers of a server."""

import pitchpipe as pp

ROOMS = ("pitchpipe_components.middlewares",)


@pp.hookimpl
def register_middlewares(register: pp.Register) -> None: ...
