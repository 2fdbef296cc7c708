"""The evaluator `safety`, and the requests that come with it."""

from pitchpipe_components.evaluators.safety.evaluator import Safety

__all__ = ["Safety"]
