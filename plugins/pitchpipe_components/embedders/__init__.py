"""Embedders: texts as vectors that point the same way where the texts say the same."""

import pitchpipe as pp
from pitchpipe_components.embedders.encoder import Encoder
from pitchpipe_components.embedders.hashed import hashed

ROOMS = ("pitchpipe_components.embedders", "pitchpipe_components.text")


@pp.hookimpl
def register_embedders(register: pp.Register) -> None:
    register("hashed", hashed)
    register("transformers", Encoder, needs=("torch", "transformers"), extra="train")
