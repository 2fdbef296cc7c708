"""The evaluator judge: verdicts of another model, and what they are worth."""

from pitchpipe_components.evaluators.judge.judge import JudgeOfReplies as JudgeOfReplies
