"""The evaluator `lm_eval`: tasks of lm-evaluation-harness, asked of the model that is in memory."""

from pitchpipe_components.evaluators.lm_eval.evaluator import LmEval

__all__ = ["LmEval"]
