"""Registers the built-in models: weights with their tokenizer."""

import pitchpipe as pp
from pitchpipe_components.models.tiny import Tiny
from pitchpipe_components.models.tiny.seq2seq import TinySeq2seq
from pitchpipe_components.models.transformers import Transformers

ROOMS = (
    "pitchpipe_components.models",
    "pitchpipe_components.quiet",
    "pitchpipe_components.hub",
    "pitchpipe_components.files",
)


@pp.hookimpl
def register_models(register: pp.Register) -> None:
    register("tiny", Tiny, needs=("torch", "transformers"), extra="train")
    register("tiny_seq2seq", TinySeq2seq, needs=("torch", "transformers"), extra="train")
    register("transformers", Transformers, needs=("torch", "transformers"), extra="train")
