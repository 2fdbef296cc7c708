"""What is wrong with an instruction that a teacher wrote, as far as words tell."""

from collections.abc import Collection

import pitchpipe as pp
from pitchpipe_components.text.refusing import outcome_of
from pitchpipe_components.text.rewritten import leak_of
from pitchpipe_components.text.stop_words import says_nothing
from pitchpipe_components.text.tokens import tokens

FEW = 80  # words; a longer text may apologise and go on (Xu et al. 2023, arXiv 2304.12244)
LONG = 1600  # characters that 80 words hardly have
RULES = ("empty", "sorry", "leak")


def fault_of(new: str, allowed: str = "", rules: Collection[str] = RULES) -> pp.Drop | None:
    """The first fault. Words of a prompt that stand in the `allowed` text too are no leak."""
    if not new or ("empty" in rules and says_nothing(new)):
        return pp.drop("empty: punctuation and stop words alone")
    if "sorry" in rules and (refusal := refusal_of(new)):
        return refusal
    if "leak" in rules and (words := leak_of(new, allowed)):
        return pp.drop(f"leak: {words}")
    return None


def refusal_of(text: str) -> pp.Drop | None:
    """Whether it refuses, in few words."""
    if len(text) > LONG or (count := len(tokens(text))) >= FEW or outcome_of(text) != "refused":
        return None
    return pp.drop(f"sorry: {text[:80]}", score=count, limit=FEW)
