"""Generators: conversations that teachers help to make."""

import pitchpipe as pp
from pitchpipe_components.generators.answers import answers

ROOMS = ("pitchpipe_components.generators",)


@pp.hookimpl
def register_generators(register: pp.Register) -> None:
    register("answers", answers)
