"""Registers the built-in loaders, which read rows."""

import pitchpipe as pp
from pitchpipe_plugins.loaders.files import Files
from pitchpipe_plugins.loaders.huggingface import HuggingFace
from pitchpipe_plugins.loaders.stdin import Stdin


@pp.hookimpl
def register_loaders(register: pp.Register) -> None:
    register("files", Files)
    register("stdin", Stdin)
    register("huggingface", HuggingFace, needs=("datasets",), extra="data")
