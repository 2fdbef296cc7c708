"""Teachers: other models that a recipe asks."""

import pitchpipe as pp
from pitchpipe_components.teachers.model import OneOfOurs
from pitchpipe_components.teachers.openai import OpenAICompatible
from pitchpipe_components.teachers.recorded import Recorded

ROOMS = ("pitchpipe_components.teachers", "pitchpipe_components.wire")


@pp.hookimpl
def register_teachers(register: pp.Register) -> None:
    register("openai", OpenAICompatible, needs=("aiohttp",), extra="generate")
    register("model", OneOfOurs, needs=("torch", "transformers"), extra="train")
    register("recorded", Recorded)
