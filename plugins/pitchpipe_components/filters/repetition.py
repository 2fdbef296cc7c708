"""Finds replies that repeat themselves, as those of a model that got stuck.

The bounds of word runs are those of Gopher (Rae et al. 2021, arXiv 2112.11446, table A1): the most frequent
run of 2, 3 or 4 words may take 0.20, 0.18 or 0.16 of the characters. The other bounds are pitchpipe's own;
Gopher allows lines that came before 0.20 of the characters, this filter 0.3.
"""

from collections import Counter
from itertools import pairwise
from typing import Annotated, NamedTuple

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.prose import plain

Share = Annotated[float, Meta(ge=0, le=1)]
_ENDING = 24  # characters
_BLANK = {"", " "}
_NGRAM_FLOOR = 0.15  # share of characters; word runs that cannot reach it are not counted


class Repeats(NamedTuple):
    """The measures of one reply."""

    ending: int = 1
    in_a_row: int = 1
    paragraphs: int = 1
    lines: float = 0.0
    top_2gram: float = 0.0
    top_3gram: float = 0.0
    top_4gram: float = 0.0

    def worse(self, other: "Repeats") -> "Repeats":
        """The higher of each measure."""
        return Repeats._make(map(max, self, other))


NONE = Repeats()


def repetition(
    conversation: Conversation,
    *,
    max_equal_endings: Annotated[
        int, Meta(ge=1, description="the most times that a reply may hold its last 24 characters")
    ] = 5,
    max_equal_sentences: Annotated[int, Meta(ge=1, description="the most equal sentences in a row")] = 3,
    max_equal_paragraphs: Annotated[
        int, Meta(ge=1, description="the most times that one paragraph may come")
    ] = 9,
    max_duplicate_lines: Annotated[
        Share, Meta(description="the largest share of characters in lines that came before")
    ] = 0.3,
    max_top_2gram: Annotated[Share, Meta(description="the largest share of one run of 2 words")] = 0.20,
    max_top_3gram: Annotated[Share, Meta(description="the largest share of one run of 3 words")] = 0.18,
    max_top_4gram: Annotated[Share, Meta(description="the largest share of one run of 4 words")] = 0.16,
    min_chars: Annotated[int, Meta(ge=1, description="shorter replies are exempt")] = 200,
    ngram_chars: Annotated[
        int, Meta(ge=1, description="in shorter replies word runs are not counted")
    ] = 1500,
) -> Verdict:
    """Drops conversations with a reply that repeats sentences, paragraphs, lines or words; the worst counts.

    Code, tables, lists and short replies are exempt: they repeat by nature. The share of a word run counts as
    0 if it cannot reach 0.15, or the lowest of the three bounds if that is lower.
    """
    worst = NONE
    floor = min(max_top_2gram, max_top_3gram, max_top_4gram, _NGRAM_FLOOR)
    for message in conversation.messages:
        if message.role == "assistant" and len(message.content) >= min_chars:
            text = message.content.rstrip()
            if _repeats(text) or (len(text) >= ngram_chars and _may_reach(text.split(), floor)):
                found = _measure(plain(text).rstrip(), min_chars, ngram_chars, floor)
                worst = worst.worse(found)
    return judged(
        conversation,
        equal_endings=(worst.ending, None, max_equal_endings),
        equal_sentences=(worst.in_a_row, None, max_equal_sentences),
        equal_paragraphs=(worst.paragraphs, None, max_equal_paragraphs),
        duplicate_lines=(worst.lines, None, max_duplicate_lines),
        top_2gram=(worst.top_2gram, None, max_top_2gram),
        top_3gram=(worst.top_3gram, None, max_top_3gram),
        top_4gram=(worst.top_4gram, None, max_top_4gram),
    )


def _repeats(text: str) -> bool:
    """Whether an ending or a sentence comes twice; if not, nothing else needs measuring."""
    if text.find(text[-_ENDING:]) < len(text) - _ENDING:
        return True
    sentences = _sentences(text)  # if a line comes twice, so do its sentences
    different = set(sentences)
    if len(different) == len(sentences):
        return False
    blanks = sentences.count("") + sentences.count(" ")
    return len(different - _BLANK) < len(sentences) - blanks


def _sentences(text: str) -> list[str]:
    """Splits a text into sentences that begin with a space, also after a line break."""
    text = " " + text.replace("!", ".").replace("?", ".").replace("\n", ". ").replace("。", ". ")
    return text.split(".")


def _may_reach(words: list[str], floor: float) -> bool:
    """Whether a word run could take a share of `floor`: it takes at most what all its words take together."""
    shares = [times * (len(word) + 1) for word, times in Counter(words).items() if times > 2]
    total = sum(map(len, words)) + len(words)
    return sum(sorted(shares, reverse=True)[:4]) >= floor * total


def _measure(text: str, min_chars: int, ngram_chars: int, floor: float) -> Repeats:
    if len(text) < min_chars:
        return NONE
    lines = [line for line in text.split("\n") if _is_sentence(line)]
    words = text.split()
    counted = len(text) >= ngram_chars and _may_reach(words, floor)
    return Repeats(
        text.count(text[-_ENDING:]),
        _longest_run([sentence for sentence in _sentences(text) if sentence.strip()]),
        max(Counter(lines).values(), default=1),
        _doubled(lines),
        *(_top(words, size) if counted else 0.0 for size in (2, 3, 4)),
    )


def _longest_run(parts: list[str]) -> int:
    longest = run = 1
    for part, following in pairwise(parts):
        run = run + 1 if part == following and _is_sentence(part) else 1
        longest = max(longest, run)
    return longest


def _is_sentence(part: str) -> bool:
    """Rules out horizontal rules, tags, table cells, a "No." and digits between the points of a number."""
    return len(part.strip()) >= 8 and any(map(str.isalpha, part))


def _doubled(lines: list[str]) -> float:
    """Returns the share of characters in lines that came before."""
    total = sum(map(len, lines))
    return 1 - sum(map(len, set(lines))) / total if total else 0.0


def _top(words: list[str], size: int) -> float:
    """Returns the largest share of characters that a run of `size` words takes by coming more than twice."""
    total = sum(map(len, words)) + len(words) - 1
    runs = Counter(zip(*(words[start:] for start in range(size)), strict=False))
    most = max(
        ((times * (sum(map(len, run)) + size - 1)) for run, times in runs.items() if times > 2), default=0
    )
    return min(most / total, 1.0) if total else 0.0
