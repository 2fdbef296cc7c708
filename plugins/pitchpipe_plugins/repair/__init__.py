"""Registers the filter `repair`, which makes conversations sound and notes every change."""

import pitchpipe as pp
from pitchpipe_plugins.repair.mend import repair as repair
from pitchpipe_plugins.repair.roles import ROLES as ROLES


@pp.hookimpl
def register_filters(register: pp.Register) -> None:
    register("repair", repair)
