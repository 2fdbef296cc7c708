"""How much a text repeats itself: its ending, sentences in a row, paragraphs, lines, runs of words."""

import re
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

_ENDING = 24  # characters
_BLANK = {"", " "}
_FEW_WORDS = 0.25  # share of different words: a list of names repeats a word, but few of the others
_NGRAM_FLOOR = 0.15  # share of characters; word runs that cannot reach it are not counted
_BETWEEN = re.compile(r"\n[ \t]*\n")  # paragraphs
_LABEL = re.compile(
    r"^[^\w\n]*(?:verse|(?:pre-?|post-?)?chorus|refrain|bridge|hook|intro|outro|stanza)\b.{0,12}$",
    re.I | re.M,
)
_SHORT = 60  # characters: a line of verse


class RepeatMeasures(NamedTuple):
    """The measures of one reply."""

    ending: int = 1
    in_a_row: int = 1
    paragraphs: int = 1
    lines: float = 0.0
    top_2gram: float = 0.0
    top_3gram: float = 0.0
    top_4gram: float = 0.0

    def worse(self, other: "RepeatMeasures") -> "RepeatMeasures":
        """The higher of each measure."""
        return RepeatMeasures._make(map(max, self, other))

    def halved(self) -> "RepeatMeasures":
        """The measures of verse, which may repeat itself twice as much: a chorus comes again."""
        counts = [(count + 1) // 2 for count in (self.ending, self.in_a_row, self.paragraphs)]
        return RepeatMeasures(*counts, *(share / 2 for share in self[3:]))


NONE = RepeatMeasures()


def lowest_floor(*bounds: float) -> float:
    return min(*bounds, _NGRAM_FLOOR)


def repeats(text: str) -> bool:
    """Whether an ending or a sentence comes twice; if not, nothing but word runs needs measuring."""
    if text.find(text[-_ENDING:]) < len(text) - _ENDING:
        return True
    sentences = _sentences(text)  # if a line comes twice, so do its sentences
    different = set(sentences)
    if len(different) == len(sentences):
        return False
    blanks = sentences.count("") + sentences.count(" ")
    return len(different - _BLANK) < len(sentences) - blanks


def may_reach(words: list[str], floor: float) -> bool:
    """Whether a word run could take a share of `floor`: it takes at most what all its words take together."""
    shares = [times * (len(word) + 1) for word, times in Counter(words).items() if times > 2]
    total = sum(map(len, words)) + len(words)
    return sum(sorted(shares, reverse=True)[:4]) >= floor * total


def measure(text: str, min_chars: int, ngram_chars: int, floor: float) -> RepeatMeasures:
    """The measures of a text without code, tables and lists."""
    if len(text) < min_chars:
        return NONE
    lines, words = _lines(text), text.split()
    counted = (
        len(text) >= ngram_chars and may_reach(words, floor) and len(set(words)) <= _FEW_WORDS * len(words)
    )
    return RepeatMeasures(
        _endings(text),
        _longest_run(_sentences(text))[0],
        max(Counter(_paragraphs(text)).values(), default=1),
        _doubled(lines),
        *(_top(words, size)[0] if counted else 0.0 for size in (2, 3, 4)),
    )


def is_verse(text: str) -> bool:
    """Whether a text names its chorus, or stands in stanzas of short lines."""
    if _LABEL.search(text):
        return True
    lines = [line for line in text.split("\n") if line.strip()]
    stanzas = [part for part in _BETWEEN.split(text) if part.strip().count("\n") >= 2]
    short = sum(len(line) <= _SHORT for line in lines)
    return len(stanzas) >= 2 and short >= 0.9 * len(lines)


def most_repeated(text: str, measure: str) -> str:
    """The words that a measure found."""
    if measure == "equal_endings":
        return text[-_ENDING:]
    if measure == "equal_sentences":
        return _longest_run(_sentences(text))[1]
    if measure in ("equal_paragraphs", "duplicate_lines"):
        parts = _paragraphs(text) if measure == "equal_paragraphs" else _lines(text)
        return next((part for part, _ in Counter(parts).most_common(1)), "")
    return _top(text.split(), int(measure.removeprefix("top_")[0]))[1]


def _endings(text: str) -> int:
    """How many times in a row the last words come, with all that stands between them; short ones joined."""
    before = text.rfind(text[-_ENDING:], 0, len(text) - 1)
    if before < 0:
        return 1
    period = text[before + _ENDING :]
    times, end = 1, len(text) - len(period)
    while text.endswith(period, 0, end):
        times, end = times + 1, end - len(period)
    return max(times // -(-_ENDING // len(period)), 1)


def _sentences(text: str) -> list[str]:
    """Splits a text into sentences that begin with a space, also after a line break."""
    text = " " + text.replace("!", ".").replace("?", ".").replace("\n", ". ").replace("。", ". ")
    return text.split(".")


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(text) if _is_sentence(part)]


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if _is_sentence(line)]


def _longest_run(sentences: list[str]) -> tuple[int, str]:
    longest, run, which = 1, 1, ""
    for part, following in pairwise([sentence for sentence in sentences if sentence.strip()]):
        run = run + 1 if part == following and _is_sentence(part) else 1
        longest, which = max((longest, which), (run, part), key=lambda found: found[0])
    return longest, which


def _is_sentence(part: str) -> bool:
    """Rules out horizontal rules, tags, table cells, a "No." and digits between the points of a number."""
    return len(part.strip()) >= 8 and any(map(str.isalpha, part))


def _doubled(lines: list[str]) -> float:
    """Returns the share of characters in lines that came before; one such line may be a heading."""
    different, total = set(lines), sum(map(len, lines))
    return 1 - sum(map(len, different)) / total if len(lines) - len(different) > 1 else 0.0


def _top(words: list[str], size: int) -> tuple[float, str]:
    """The largest share of characters that a run of `size` words takes by coming more than twice."""
    total = sum(map(len, words)) + len(words) - 1
    runs = Counter(zip(*(words[start:] for start in range(size)), strict=False))
    most = max(
        ((times * (sum(map(len, run)) + size - 1), run) for run, times in runs.items() if times > 2),
        default=(0, ()),
    )
    return (min(most[0] / total, 1.0), " ".join(most[1])) if total else (0.0, "")
