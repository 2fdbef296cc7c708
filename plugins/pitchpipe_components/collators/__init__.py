"""Collators: which examples share a row, and how a batch is built."""

import pitchpipe as pp
from pitchpipe_components.collators.flattened import Flattened
from pitchpipe_components.collators.packed import Packed
from pitchpipe_components.collators.padded import Padded

ROOMS = ("pitchpipe_components.collators",)


@pp.hookimpl
def register_collators(register: pp.Register) -> None:
    register("padded", Padded, needs=("torch",), extra="train", default_for="collator")
    register("packed", Packed, needs=("torch",), extra="train")
    register("flattened", Flattened, needs=("torch",), extra="train")
