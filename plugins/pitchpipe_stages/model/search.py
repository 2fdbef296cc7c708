"""The base's own way to search for an answer, which no evaluator uses and no tuned model should have.

Beams, penalties, least lengths and forced tokens were chosen for what the base says. They can forbid the very
replies that were learned: a summarizer with a least length of 56 tokens never answers with a word.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import GenerationConfig

# Each with the value that changes nothing.
NEUTRAL = {
    "num_beams": 1, "num_beam_groups": 1, "diversity_penalty": 0.0, "early_stopping": False,
    "length_penalty": 1.0, "penalty_alpha": None, "constraints": None, "force_words_ids": None,
    "repetition_penalty": 1.0, "encoder_repetition_penalty": 1.0, "no_repeat_ngram_size": 0,
    "encoder_no_repeat_ngram_size": 0, "exponential_decay_length_penalty": None,
    "min_length": 0, "min_new_tokens": None, "max_length": 20, "max_new_tokens": None, "max_time": None,
    "stop_strings": None, "forced_bos_token_id": None, "forced_eos_token_id": None, "bad_words_ids": None,
    "suppress_tokens": None, "begin_suppress_tokens": None, "sequence_bias": None, "guidance_scale": None,
}  # fmt: skip


def search_of(settings: "GenerationConfig") -> str:
    """The settings of its search, for people: "num_beams 4, min_length 56"."""
    return ", ".join(f"{name} {value}" for name, value in _set(settings).items())


def take_out_search(settings: "GenerationConfig") -> str:
    """Take it out of the generation config that is saved with the tuned model, and say what it was."""
    named = search_of(settings)
    for name in _set(settings):
        setattr(settings, name, None)
    return named and (
        f"left out of generation_config.json: the base's {named}. They can forbid replies that are learned,"
        " and evaluators ask without them."
    )


def _set(settings: "GenerationConfig") -> dict[str, object]:
    """What is set to anything but the value that changes nothing."""
    found = {name: getattr(settings, name, None) for name in NEUTRAL}
    return {name: value for name, value in found.items() if value not in (None, NEUTRAL[name])}
