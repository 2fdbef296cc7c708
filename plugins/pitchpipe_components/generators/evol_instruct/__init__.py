"""The generator `evol_instruct`: instructions that a teacher rewrites, round after round."""

from pitchpipe_components.generators.evol_instruct.component import EvolInstruct

__all__ = ["EvolInstruct"]
