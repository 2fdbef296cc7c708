"""Adapters: which of a model's weights are trained."""

import pitchpipe as pp
from pitchpipe_components.adapters.lora import Lora

ROOMS = ("pitchpipe_components.adapters",)


@pp.hookimpl
def register_adapters(register: pp.Register) -> None:
    register("lora", Lora, needs=("torch", "peft"), extra="train")
