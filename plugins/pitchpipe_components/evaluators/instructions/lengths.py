"""Constraints of length: words, sentences, paragraphs."""

import re

from pitchpipe_components.evaluators.instructions.amounts import Relation, holds
from pitchpipe_components.text.sentences import sentences

_MARKS = frozenset(".,?!'\"")  # they end the first word of a paragraph


def number_words(reply: str, *, num_words: int, relation: Relation) -> bool:
    """Words are runs of letters, digits and underscores."""
    return holds(len(re.findall(r"\w+", reply)), relation, num_words)


def words_between(reply: str, *, least: int, most: int) -> bool:
    """Words from `least` to `most`, both included."""
    return least <= len(re.findall(r"\w+", reply)) <= most


def number_sentences(reply: str, *, num_sentences: int, relation: Relation) -> bool:
    return holds(len(sentences(reply)), relation, num_sentences)


def number_paragraphs(reply: str, *, num_paragraphs: int) -> bool:
    """Exactly so many, with *** between them, and none of them empty."""
    parts = [part.strip() for part in re.split(r"\s?\*\*\*\s?", reply)]
    inner = parts[1:-1]
    return all(inner) and len(inner) + sum(map(bool, _ends(parts))) == num_paragraphs


def _ends(parts: list[str]) -> list[str]:
    """The first and the last part, which may be empty."""
    return [parts[0], *parts[1:][-1:]]


def nth_paragraph_first_word(reply: str, *, num_paragraphs: int, nth_paragraph: int, first_word: str) -> bool:
    """Exactly so many paragraphs with empty lines between them; one of them begins with this word."""
    parts = [part.strip() for part in reply.split("\n\n")]
    if sum(map(bool, parts)) != num_paragraphs or not 0 < nth_paragraph <= num_paragraphs:
        return False
    words = parts[nth_paragraph - 1].split()
    return bool(words) and _plain(words[0]) == first_word.lower()


def _plain(word: str) -> str:
    """A word without quotes before it and marks behind it, in lower case."""
    word = word.lstrip("'").lstrip('"')
    end = next((at for at, letter in enumerate(word) if letter in _MARKS), len(word))
    return word[:end].lower()


def separate_paragraphs(reply: str, *, num_paragraphs: int, relation: Relation) -> bool:
    """So many paragraphs, with empty lines between them."""
    parts = [part for part in re.split(r"\n\s*\n", reply) if part.strip()]
    return holds(len(parts), relation, num_paragraphs)


def number_lines(reply: str, *, num_lines: int, relation: Relation) -> bool:
    """So many lines that are not empty."""
    return holds(sum(bool(line.strip()) for line in reply.splitlines()), relation, num_lines)
