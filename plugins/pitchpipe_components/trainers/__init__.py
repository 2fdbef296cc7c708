"""Trainers: what happens between a model and a better one."""

import pitchpipe as pp
from pitchpipe_components.trainers.grpo import Grpo
from pitchpipe_components.trainers.judging import Kto
from pitchpipe_components.trainers.preferences import Cpo, Dpo, Orpo, Simpo
from pitchpipe_components.trainers.reward import RewardModel
from pitchpipe_components.trainers.sft import Sft

ROOMS = ("pitchpipe_components.trainers", "pitchpipe_components.quiet")
TRAINERS = (Sft, Dpo, Orpo, Simpo, Cpo, Kto, RewardModel, Grpo)
NEEDS = ("torch", "transformers", "trl", "accelerate", "datasets")


@pp.hookimpl
def register_trainers(register: pp.Register) -> None:
    for trainer in TRAINERS:
        register(trainer.name, trainer, needs=NEEDS, extra="train")
