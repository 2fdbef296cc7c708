"""The rows of a step, by file and line."""

from collections.abc import Sequence

import pitchpipe as pp

SHOWN = 6


def named(examples: pp.Examples, numbers: Sequence[int]) -> str:
    """The first rows of some examples, and how many more they are."""
    places = list(dict.fromkeys(examples.where(list(dict.fromkeys(numbers)))))
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    return ", ".join(places[:SHOWN]) + more
