"""Generators: conversations that teachers help to make."""

import pitchpipe as pp
from pitchpipe_components.generators.answers import answers
from pitchpipe_components.generators.evol_instruct import EvolInstruct
from pitchpipe_components.generators.self_instruct import TasksFromSeeds

ROOMS = ("pitchpipe_components.generators", "pitchpipe_components.novelty", "pitchpipe_components.text")


@pp.hookimpl
def register_generators(register: pp.Register) -> None:
    register("answers", answers)
    register("evol_instruct", EvolInstruct)
    register("self_instruct", TasksFromSeeds)
