"""What is wrong with an instruction that a teacher wrote, as far as words tell."""

from collections.abc import Collection

import pitchpipe as pp
from pitchpipe_components.text.refusing import outcome_of
from pitchpipe_components.text.rewritten import leak_of
from pitchpipe_components.text.stop_words import says_nothing

RULES = ("empty", "sorry", "leak")


def fault_of(new: str, allowed: str = "", rules: Collection[str] = RULES) -> pp.Drop | None:
    """The first fault. Words of a prompt that stand in the `allowed` text too are no leak."""
    if not new or ("empty" in rules and says_nothing(new)):
        return pp.drop("empty: punctuation and stop words alone")
    if "sorry" in rules and outcome_of(new) == "refused":
        return pp.drop(f"sorry: {new[:80]}")
    if "leak" in rules and (words := leak_of(new, allowed)):
        return pp.drop(f"leak: {words}")
    return None
