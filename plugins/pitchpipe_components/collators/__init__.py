"""Collators: which examples share a row, and how a batch is built."""

import pitchpipe as pp
from pitchpipe_components.collators.flattened import Flattened
from pitchpipe_components.collators.packed import Packed
from pitchpipe_components.collators.padded import Padded
from pitchpipe_components.collators.seq2seq import Seq2seq

ROOMS = ("pitchpipe_components.collators",)


@pp.hookimpl
def register_collators(register: pp.Register) -> None:
    register("padded", Padded, needs=("torch",), extra="train", default_for="collator")
    register("packed", Packed, needs=("torch",), extra="train")
    register("flattened", Flattened, needs=("torch",), extra="train")
    register("seq2seq", Seq2seq, needs=("torch",), extra="train")
