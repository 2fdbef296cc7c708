"""Registers the built-in embedders, which turn texts into vectors; similar texts get similar vectors."""

import pitchpipe as pp
from pitchpipe_components.embedders.encoder import TextEncoder
from pitchpipe_components.embedders.hashed import hashed

ROOMS = ("pitchpipe_components.embedders", "pitchpipe_components.text", "pitchpipe_components.hub")


@pp.hookimpl
def register_embedders(register: pp.Register) -> None:
    register("hashed", hashed)
    register("transformers", TextEncoder, needs=("torch", "transformers"), extra="train")
