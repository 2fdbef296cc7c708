"""Admission by ROUGE-L beside rouge_score, and beside comparing each text with all.

    python benchmarks/novelty.py [--texts 50000] [--limit 0.7] [--brute 3000]

The texts are the paragraphs of docstrings of what is installed here, of 6 to 120 words: people wrote them,
many by copying others. Each is admitted unless one that was admitted before is more alike than the limit. The
first ones are also compared with all before them. rouge_score, which must be installed, measures some pairs.
"""

import argparse
import re
import sysconfig
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from random import Random

from rouge_score import rouge_scorer

from pitchpipe_components.novelty.near import Near
from pitchpipe_components.novelty.shared import rouge_l
from pitchpipe_components.novelty.words import rouge_words
from pitchpipe_components.text.lcs import common_with

SAMPLE = 3000  # pairs that rouge_score measures
_NO_PROSE = re.compile(r">>>|::|:param|[|{}=]")


def paragraphs() -> Iterator[str]:
    for root in (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")):
        for file in sorted(Path(root).rglob("*.py")):
            source = file.read_text("utf-8", "ignore")
            for docstring in re.findall(r'"""(.*?)"""', source, re.DOTALL):
                for paragraph in re.split(r"\n\s*\n", docstring):
                    words = paragraph.split()
                    if 6 <= len(words) <= 120 and words[0][0].isalpha() and not _NO_PROSE.search(paragraph):
                        yield " ".join(words)


def admitted(texts: list[str], limit: float) -> list[Near | None]:
    """Of each text the nearest one that stays, by its place in the list."""
    index, places, found = rouge_l(limit), list[int](), list[Near | None]()
    for place, text in enumerate(texts):
        near = index.nearest(text)
        if near is None:
            index.add(text)
            places.append(place)
        found.append(near and Near(near.score, places[near.index]))
    return found


def by_comparing_all(texts: list[str], limit: float) -> list[Near | None]:
    kept, found = list[tuple[int, list[str]]](), list[Near | None]()
    for place, text in enumerate(texts):
        words = rouge_words(text)
        common = common_with(words)
        scores = ((2 * common(other) / (len(words) + len(other)), -of) for of, other in kept)
        score, of = max(scores, default=(0.0, 0))
        found.append(Near(score, -of) if score > limit else None)
        if score <= limit:
            kept.append((place, words))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=50_000)
    parser.add_argument("--limit", type=float, default=0.7)
    parser.add_argument("--brute", type=int, default=3000)
    options = parser.parse_args()
    texts = list(dict.fromkeys(paragraphs()))
    Random(1).shuffle(texts)
    texts = texts[: options.texts]
    words = sum(len(rouge_words(text)) for text in texts) / len(texts)

    began = time.process_time()
    found = admitted(texts, options.limit)
    ours = time.process_time() - began
    print(f"{len(texts):,} texts, {words:.1f} words on average, of which {found.count(None):,} stay")
    print(f"pitchpipe: {ours:.1f} s of one core, {ours / len(texts) * 1e3:.2f} ms a text")

    first, began = texts[: options.brute], time.process_time()
    same = by_comparing_all(first, options.limit) == found[: len(first)]
    verdict = "the same decisions, scores and rows" if same else "OTHER DECISIONS"
    seconds = time.process_time() - began
    print(f"the first {len(first):,}, compared with all before: {seconds:.1f} s, {verdict}")
    beside_rouge_score(texts, found, ours)


def beside_rouge_score(texts: list[str], found: list[Near | None], ours: float) -> None:
    scorer, draw = rouge_scorer.RougeScorer(["rougeL"]), Random(2)
    drawn = [(draw.choice(texts), draw.choice(texts)) for _ in range(SAMPLE)]
    began = time.process_time()
    for one, of in drawn:
        scorer.score(one, of)
    pair, pairs = (time.process_time() - began) / SAMPLE, compared(found)
    hours, times = pair * pairs / 3600, pair * pairs / ours
    print(
        f"rouge_score: {pair * 1e6:.0f} µs a pair; the {pairs:,} pairs of comparing with all that stay would"
    )
    print(f"  take it {hours:.1f} hours, {times:,.0f} times as long")
    near = [(texts[place], texts[one.index], one.score) for place, one in enumerate(found) if one]
    near = draw.sample([pair for pair in near if (pair[0] + pair[1]).isascii()], min(len(near), SAMPLE) // 2)
    apart = [abs(scorer.score(one, of)["rougeL"].fmeasure - score) for one, of, score in near]
    print(f"  the scores of {len(near):,} pairs differ from its own by {max(apart, default=0):.1g} at most")


def compared(found: list[Near | None]) -> int:
    """How many pairs comparing with all that stay would measure."""
    stay = accumulate(near is None for near in found)
    return sum(stay) - found.count(None)


if __name__ == "__main__":
    main()
