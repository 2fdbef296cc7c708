"""How often the A/B test finds a winner where there is none, and how soon where there is one.

    python benchmarks/ab.py [--experiments 2000] [--outcomes 2000]

The test is that of the router `split`, and is looked at after each outcome. Beside it an ordinary one (z) is
looked at after each, and at 25 looks.
"""

import argparse
import math
from random import Random
from statistics import median

from pitchpipe_components.routers.anytime import LEAST, OutcomeTally, needed, p_value

ALPHA, EFFECT, Z = 0.05, 0.1, 1.96
CASES = (
    ("alike, 50 %, split in halves", (0.5, 0.5), 0.5, 1),
    ("alike, 90 %, split 90/10", (0.9, 0.9), 0.1, 1),
    ("alike, 50 %, 10 outcomes of each user, all alike", (0.5, 0.5), 0.5, 10),
    ("60 % and 70 %, split in halves", (0.6, 0.7), 0.5, 1),
    ("60 % and 70 %, split 90/10", (0.6, 0.7), 0.1, 1),
)


def experiment(random: Random, rates: tuple[float, float], share: float, most: int, each: int) -> list[int]:
    """The outcome at which each test found a winner; 0 where it did not: ours, z at all looks, z at 25."""
    sides, found = (OutcomeTally(), OutcomeTally()), [0, 0, 0]
    users = most // each
    for number in range(1, users + 1):
        which = random.random() < share
        sides[which].replace((0, 0.0), (each, each * float(random.random() < rates[which])))
        if min(side.users for side in sides) < LEAST:
            continue
        if not found[0] and p_value(*sides, EFFECT) < ALPHA:
            found[0] = number * each
        if is_far(*sides):
            found[1] = found[1] or number * each
            if number % (users // 25) == 0:
                found[2] = found[2] or number * each
    return found


def is_far(first: OutcomeTally, second: OutcomeTally) -> bool:
    """An ordinary test of two rates."""
    rate = (first.total + second.total) / (first.count + second.count)
    spread = math.sqrt(rate * (1 - rate) * (1 / first.count + 1 / second.count))
    return abs(first.mean - second.mean) > Z * spread


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, default=2000)
    parser.add_argument("--outcomes", type=int, default=2000)
    told = parser.parse_args()
    print(f"about {needed(0.65, EFFECT, ALPHA):,} outcomes are told to be needed for 60 % and 70 %\n")
    print("| case | winners | by a z-test at each outcome | at 25 looks | outcomes until a winner, median |")
    print("|---|---:|---:|---:|---:|")
    for name, rates, share, each in CASES:
        random = Random(1)
        runs = [experiment(random, rates, share, told.outcomes, each) for _ in range(told.experiments)]
        ours, always, often = ([run[which] for run in runs if run[which]] for which in range(3))
        shares = [f"{len(found) / len(runs):.1%}" for found in (ours, always, often)]
        print("|", name, "|", " | ".join(shares), "|", f"{median(ours):,.0f}" if ours else "", "|")


if __name__ == "__main__":
    main()
