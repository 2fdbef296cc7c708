"""Overlap of replies: pairs a second, beside sacrebleu and rouge-score.   python benchmarks/overlap.py

Pairs are pieces of what installed packages say of themselves, with a fifth of the words left out. The numbers
must be the same.
"""

import argparse
import time
from collections.abc import Callable
from importlib.metadata import distributions
from random import Random
from typing import Any

import numpy as np
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF

from pitchpipe_components.evaluators.overlap.bleu import bleu
from pitchpipe_components.evaluators.overlap.chrf import chrf
from pitchpipe_components.evaluators.overlap.rouge import rouge

Pairs = list[tuple[str, str]]
WORDS = 160  # of the longest


def made(count: int) -> Pairs:
    """Pairs of what is said and what is expected."""
    whole = " ".join(one.read_text("METADATA") or "" for one in distributions())
    words, random = whole.encode("ascii", "ignore").decode().split(" "), Random(0)
    pairs = []
    for _ in range(count):
        start = random.randrange(len(words) - WORDS)
        expected = words[start : start + random.randrange(1, WORDS)]
        pairs.append((" ".join(word for word in expected if random.random() > 0.2), " ".join(expected)))
    return pairs


def of_both(pairs: Pairs) -> dict[str, tuple[Callable[[], float], Callable[[], float]]]:
    """For each score, how pitchpipe and how its package computes it."""
    said, expected = map(list, zip(*pairs, strict=True))
    ids = list(map(str, range(len(pairs))))
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"])

    def whole(measured: Any) -> float:
        return float(measured.value(np.array(list(measured.items.values())).sum(0)))

    def theirs() -> float:
        found = [scorer.score(right, given) for given, right in pairs]
        return float(np.mean([one["rougeL"].fmeasure for one in found]))

    return {
        "BLEU": (
            lambda: whole(bleu(ids, pairs, "13a")),
            lambda: BLEU().corpus_score(said, [expected]).score,
        ),
        "chrF": (lambda: whole(chrf(ids, pairs)), lambda: CHRF().corpus_score(said, [expected]).score),
        "ROUGE-1, 2, L": (lambda: whole(rouge(ids, pairs, False)["rouge_l"]), theirs),
    }


def timed(compute: Callable[[], float]) -> tuple[float, float]:
    began = time.process_time()
    return compute(), time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=2000)
    pairs = made(parser.parse_args().pairs)
    print(f"{'pairs a second':16}{'pitchpipe':>10}{'package':>10}{'ratio':>8}")
    for name, (ours, theirs) in of_both(pairs).items():
        (one, quick), (other, slow) = timed(ours), timed(theirs)
        assert abs(one - other) < 1e-9, (name, one, other)
        print(f"{name:16}{len(pairs) / quick:>10,.0f}{len(pairs) / slow:>10,.0f}{slow / quick:>8.1f}")


if __name__ == "__main__":
    main()
