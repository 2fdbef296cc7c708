"""Loaders: where rows come from."""

import pitchpipe as pp
from pitchpipe_plugins.loaders.files import Files


@pp.hookimpl
def register_loaders(register: pp.Register) -> None:
    register("files", Files)
