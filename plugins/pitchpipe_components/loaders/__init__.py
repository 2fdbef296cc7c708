"""Registers the built-in loaders, which read rows."""

import pitchpipe as pp
from pitchpipe_components.loaders.files import Files
from pitchpipe_components.loaders.generated import Generated
from pitchpipe_components.loaders.huggingface import HuggingFace
from pitchpipe_components.loaders.served import ServedAnswers
from pitchpipe_components.loaders.stdin import Stdin

ROOMS = (
    "pitchpipe_components.loaders", "pitchpipe_components.files", "pitchpipe_components.hub",
    "pitchpipe_components.served",
)  # fmt: skip


@pp.hookimpl
def register_loaders(register: pp.Register) -> None:
    register("files", Files, default_for="a file")
    register("generated", Generated)
    register("served", ServedAnswers)
    register("stdin", Stdin, default_for="standard input")
    register("huggingface", HuggingFace, needs=("datasets",), extra="data")
