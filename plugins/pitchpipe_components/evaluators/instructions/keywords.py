"""Constraints of words and letters: which must be there, which must not, and how often."""

import re
from typing import Annotated

import pitchpipe as pp
from pitchpipe_components.evaluators.instructions.amounts import Relation, holds

Words = Annotated[list[str], pp.Meta(min_length=1)]


def existence(reply: str, *, keywords: Words) -> bool:
    """Each of them stands somewhere, in any case, as a word or in one."""
    low = reply.lower()
    return all(word.lower() in low for word in keywords)


def frequency(reply: str, *, keyword: str, frequency: int, relation: Relation) -> bool:
    """A word, in any case, counted in longer words too."""
    return holds(_count(keyword.strip(), reply), relation, frequency)


def forbidden_words(reply: str, *, forbidden_words: Words) -> bool:
    """None of them stands as a whole word, in any case."""
    return not any(
        re.search(rf"\b{re.escape(word)}\b", reply, flags=re.IGNORECASE) for word in forbidden_words
    )


def letter_frequency(
    reply: str, *, letter: Annotated[str, pp.Meta(min_length=1)], let_frequency: int, let_relation: Relation
) -> bool:
    """A letter or another sign, in any case."""
    return holds(reply.lower().count(letter.strip().lower()), let_relation, let_frequency)


def in_order(reply: str, *, keywords: Words) -> bool:
    """The first place of each word comes after that of the one before, in any case."""
    low = reply.lower()
    places = [low.find(word.lower()) for word in keywords]
    return -1 not in places and places == sorted(set(places))


def _count(word: str, text: str) -> int:
    return len(re.findall(re.escape(word), text, flags=re.IGNORECASE))
