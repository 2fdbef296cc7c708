"""Where the tuned model is worse than the base: the scores that say so, and how sure they are."""

from pitchpipe.host.contracts import Score
from pitchpipe_stages.evaluate.summary import shown

Scores = dict[str, Score]


def worse(base: Scores, tuned: Scores, surely: bool) -> list[str]:
    """The scores in which the tuned model is worse, in words; `surely`: by more than chance explains."""
    names = [name for name in base if name in tuned and is_worse(base[name], tuned[name], surely)]
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
