"""What the middleware `drift` finds, misses and costs: python benchmarks/drift.py [--tries N] [--write]

Lengths are drawn from a log-normal distribution (sigma 1), 5,000 of them as training data; a window is drawn
from the same one, or from one that changed. `--write` puts the table into docs/monitoring.md.
"""

import argparse
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time

import pitchpipe as pp
from pitchpipe_components.middlewares.drift.features import of_answer, of_learned, of_prompt
from pitchpipe_components.middlewares.drift.psi import psi
from pitchpipe_components.middlewares.drift.reference import DriftReference, FeatureReference
from pitchpipe_components.middlewares.drift.watched import WatchedModel
from pitchpipe_components.middlewares.drift.window import DriftWindow

PAGE = Path(__file__).parents[1] / "docs" / "monitoring.md"
PLACE = re.compile(r"(?<=<!-- python benchmarks/drift.py --write -->\n).*?(?=\n\n)", re.DOTALL)
LIMITS = (0.1, 0.25)
WINDOWS, ROWS = (50, 100, 200, 500), 5000
Draw = Callable[[random.Random], float | str]
WORDS = [f"word{number}" for number in range(200)]


def length(factor: float) -> Draw:
    return lambda chance: factor * chance.lognormvariate(5, 1)


def refusal(share: float) -> Draw:
    return lambda chance: "refused" if chance.random() < share else "answered"


CHANGES: Sequence[tuple[str, Draw, Draw]] = (
    ("nothing changed", length(1), length(1)),
    ("1.5 times as long", length(1), length(1.5)),
    ("twice as long", length(1), length(2)),
    ("refusals from 2% to 3%", refusal(0.02), refusal(0.03)),
    ("refusals from 2% to 10%", refusal(0.02), refusal(0.1)),
)


def judged(before: Draw, now: Draw, window: int, chance: random.Random) -> tuple[float, str]:
    """The index of a window, and its verdict."""
    reference = FeatureReference.of("feature", [before(chance) for _ in range(ROWS)], learned=True)
    counts = [0] * len(reference.bins)
    for _ in range(window):
        counts[reference.bins.place(now(chance))] += 1  # type: ignore[arg-type]
    full = DriftWindow(requests=window, counts={"feature": counts})
    level = full.score(DriftReference("", {"feature": reference}), LIMITS, 0).scores["feature"].level
    return psi(reference.counts, counts), level


def table(tries: int) -> str:
    """How often a window is called changed."""
    chance = random.Random(0)
    lines = ["| what changed | window | PSI above 0.1 | told | alert |", "|---|---:|---:|---:|---:|"]
    for name, before, now in CHANGES:
        for window in WINDOWS if name == "nothing changed" else WINDOWS[-1:]:
            found = [judged(before, now, window, chance) for _ in range(tries)]
            shares = (
                sum(value > LIMITS[0] for value, _ in found),
                sum(bool(level) for _, level in found),
                sum(level == "alert" for _, level in found),
            )
            lines.append(f"| {name} | {window} | " + " | ".join(f"{s / tries:.1%}" for s in shares) + " |")
    return "\n".join(lines)


def microseconds(requests: int) -> float:
    """Of one request: a prompt of 100 words, an answer of 200."""
    chance = random.Random(0)

    def said(count: int) -> str:
        return ". ".join(" ".join(chance.choices(WORDS, k=12)) for _ in range(count // 12))

    pairs = [(said(100), said(200)) for _ in range(500)]
    watched = WatchedModel("m", Path("."), 10**9, LIMITS)
    talks = [pp.Conversation((pp.Message("user", a), pp.Message("assistant", b))) for a, b in pairs]
    watched.reference = DriftReference.of(talks, "")
    list(of_learned(talks[0]))
    began = process_time()
    for number in range(requests):
        asked, answer = pairs[number % len(pairs)]
        watched.add(of_prompt([pp.Message("user", asked)]) | of_answer(answer, len(answer)) | {"end": "stop"})
    return 1e6 * (process_time() - began) / requests


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=1000, help="windows of each kind")
    parser.add_argument("--write", action="store_true", help="put the table into docs/monitoring.md")
    told = parser.parse_args()
    found = table(told.tries)
    print(found, f"\na request costs {microseconds(2000):.0f} microseconds")
    if told.write:
        PAGE.write_text(PLACE.sub(found, PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
