"""Registers the filter `repair`, which makes conversations sound and notes every change."""

import pitchpipe as pp
from pitchpipe_components.repair.mend import repair as repair
from pitchpipe_components.repair.roles import ROLES as ROLES

ROOMS = ("pitchpipe_components.repair", "pitchpipe_components.text")


@pp.hookimpl
def register_filters(register: pp.Register) -> None:
    register("repair", repair, default_for="repair")
