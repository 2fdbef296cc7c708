"""Registers the built-in adapters, which choose the weights of a model to train."""

import pitchpipe as pp
from pitchpipe_components.adapters.continued import Continued
from pitchpipe_components.adapters.ia3 import Ia3
from pitchpipe_components.adapters.lora import Lora
from pitchpipe_components.adapters.virtual import PrefixTuning, PromptTuning

ROOMS = ("pitchpipe_components.adapters",)


@pp.hookimpl
def register_adapters(register: pp.Register) -> None:
    needs = ("torch", "peft")
    register("lora", Lora, needs=needs, extra="train")
    register("ia3", Ia3, needs=needs, extra="train")
    register("prefix", PrefixTuning, needs=needs, extra="train")
    register("prompt", PromptTuning, needs=needs, extra="train")
    register("continued", Continued, needs=needs, extra="train")
