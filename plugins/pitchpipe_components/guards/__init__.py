"""Guards: what may be asked, and what may be answered."""

import pitchpipe as pp
from pitchpipe_components.guards.filtered import FilterGuard
from pitchpipe_components.guards.guard_model.component import GuardModel
from pitchpipe_components.guards.harmful import HarmfulGuard
from pitchpipe_components.guards.phrases import PhrasesGuard
from pitchpipe_components.guards.pii import PiiGuard

ROOMS = ("pitchpipe_components.guards", "pitchpipe_components.text", "pitchpipe_components.wire")


@pp.hookimpl
def register_guards(register: pp.Register) -> None:
    register("harmful", HarmfulGuard)
    register("pii", PiiGuard)
    register("phrases", PhrasesGuard)
    register("filter", FilterGuard)
    register("guard_model", GuardModel, needs=("aiohttp",), extra="serve")
