"""Where the tuned model is worse than the base: the scores that say so, and how sure they are."""

from collections.abc import Iterable

import msgspec

from pitchpipe.host.scoring import Score
from pitchpipe_stages.evaluate.summary import shown

Scores = dict[str, Score]


class _Ended(msgspec.Struct):
    """An answer that was kept, and whether the model ended it, where that was written down."""

    ended: bool | None = None


def worse(base: Scores, tuned: Scores, surely: bool) -> list[str]:
    """The scores in which the tuned model is worse, in words; `surely`: by more than chance explains."""
    names = [name for name in base if name in tuned and is_worse(base[name], tuned[name], surely)]
    return _in_words(names, base, tuned)


def no_better(base: Scores, tuned: Scores) -> list[str]:
    """All scores, in words, where the tuned model is better in none of them."""
    names = [name for name in base if name in tuned and base[name].better]
    better = any(is_worse(tuned[name], base[name], surely=False) for name in names)
    return [] if better else _in_words(names, base, tuned)


def endless(answers: Iterable[bytes]) -> tuple[int, int]:
    """How many of the kept answers the model did not end by itself, and of how many that is known."""
    ended = [msgspec.json.decode(line, type=_Ended).ended for line in answers]
    return ended.count(False), ended.count(False) + ended.count(True)


def _in_words(names: list[str], base: Scores, tuned: Scores) -> list[str]:
    return [f"{name.replace('_', ' ')} {shown(tuned[name])}, base {shown(base[name])}" for name in names]


def is_worse(base: Score, tuned: Score, surely: bool) -> bool:
    """A tuned model that gives no number is worse than a base that does."""
    if base.better is None or base.value is None:
        return False
    if tuned.value is None:
        return True
    # Turned round where the lower is better, the higher is.
    sign = 1 if base.better == "higher" else -1
    if not surely:
        return sign * tuned.value < sign * base.value
    best, least = (tuned.high, base.low) if sign == 1 else (tuned.low, base.high)
    return best is not None and least is not None and sign * best < sign * least
