"""Routers: which upstream answers a request."""

import pitchpipe as pp
from pitchpipe_components.routers.rules import RulesRouter
from pitchpipe_components.routers.split import SplitRouter

ROOMS = ("pitchpipe_components.routers", "pitchpipe_components.text")


@pp.hookimpl
def register_routers(register: pp.Register) -> None:
    register("rules", RulesRouter)
    register("split", SplitRouter)
