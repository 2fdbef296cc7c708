"""Generators: conversations that teachers help to make."""

import pitchpipe as pp
from pitchpipe_components.generators.answers import Answers
from pitchpipe_components.generators.back_translate import BackTranslate
from pitchpipe_components.generators.evol_instruct import EvolInstruct
from pitchpipe_components.generators.magpie import Magpie
from pitchpipe_components.generators.persona import Persona
from pitchpipe_components.generators.self_instruct import TasksFromSeeds

ROOMS = ("pitchpipe_components.generators", "pitchpipe_components.novelty", "pitchpipe_components.text")


@pp.hookimpl
def register_generators(register: pp.Register) -> None:
    register("answers", Answers)
    register("back_translate", BackTranslate)
    register("evol_instruct", EvolInstruct)
    register("magpie", Magpie)
    register("persona", Persona)
    register("self_instruct", TasksFromSeeds)
