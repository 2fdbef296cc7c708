"""Routers: which upstream answers a request."""

import pitchpipe as pp
from pitchpipe_components.routers.rules import RulesRouter
from pitchpipe_components.routers.split import SplitRouter

ROOMS = ("pitchpipe_components.routers",)


@pp.hookimpl
def register_routers(register: pp.Register) -> None:
    register("rules", RulesRouter)
    register("split", SplitRouter)
