"""The evaluator `instructions`, its constraints, and the prompts that come with it."""

from pitchpipe_components.evaluators.instructions.evaluator import Instructions

__all__ = ["Instructions"]
