"""Registers the built-in adapters, which choose the weights of a model to train."""

import pitchpipe as pp
from pitchpipe_components.adapters.lora import Lora

ROOMS = ("pitchpipe_components.adapters",)


@pp.hookimpl
def register_adapters(register: pp.Register) -> None:
    register("lora", Lora, needs=("torch", "peft"), extra="train")
