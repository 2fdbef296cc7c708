"""Trainers: what happens between a model and a better one."""

import pitchpipe as pp
from pitchpipe_components.trainers.sft import Sft

ROOMS = ("pitchpipe_components.trainers", "pitchpipe_components.quiet")


@pp.hookimpl
def register_trainers(register: pp.Register) -> None:
    register("sft", Sft, needs=("torch", "transformers", "trl", "accelerate", "datasets"), extra="train")
