"""Sentences, by rules that need no model: marks that end them, and abbreviations that do not."""
# ruff: noqa: RUF001 non-ASCII characters are meant

import re
from collections.abc import Iterator
from itertools import chain

_ABBREVIATED = frozenset(
    (
        "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "capt", "col", "gen", "lt", "sgt", "rev", "hon",
        "vs", "etc", "e.g", "i.e", "cf", "al", "fig", "vol", "approx", "dept", "inc", "ltd", "co", "corp",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
        "a.m", "p.m", "u.s", "u.k", "ph.d",
    )
)  # fmt: skip
# A mark with what closes behind it. In Chinese and Japanese no space follows.
_END = re.compile(r"[.!?…]+[\"'”’»)\]*_]*(?=\s|$)|[。！？]+[」』”’）]*")


def sentences(text: str) -> list[str]:
    """The sentences of a text, the last one with or without a mark. A line break ends none."""
    return list(each_sentence(text))


def each_sentence(text: str) -> Iterator[str]:
    """One after the other, for who wants the first few alone."""
    start = 0
    for end in chain(_END.finditer(text), [None]):
        if end and _goes_on(text, end):
            continue
        sentence = text[start : end.end() if end else len(text)].strip()
        start = end.end() if end else len(text)
        if any(map(str.isalnum, sentence)):
            yield sentence


def _goes_on(text: str, end: re.Match[str]) -> bool:
    """Whether a mark is that of an abbreviation, of a number that begins a line, or a pause."""
    if end[0][0] in "。！？":
        return False
    after = text[end.end() :].lstrip()
    if after[:1].islower() and end[0].startswith(("..", "…")):
        return True
    if end[0] != ".":
        return False
    word = text[: end.start()].rsplit(None, 1)[-1:] or [""]
    bare = word[0].lstrip("(\"'“‘[*_").lower()
    initial = len(bare) == 1 and bare.isalpha() and word[0][-1:].isupper() and bare != "i"
    number = bare.isdigit() and _begins_line(text, end.start() - len(word[0]))
    return bool(after) and (bare in _ABBREVIATED or initial or number)


def _begins_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()
