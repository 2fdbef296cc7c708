"""The base beside the tuned model: the difference on the same items, and the outcome in words."""

from collections.abc import Mapping
from pathlib import Path

from pitchpipe.host.scoring import Score
from pitchpipe_stages.evaluate.evaluated import Difference, Evaluated, Upshot
from pitchpipe_stages.evaluate.intervals import difference_of
from pitchpipe_stages.evaluate.measures import Measure, read_measures


def evaluated(run: Path, models: list[str]) -> Evaluated:
    """What the records of a run's evaluations say."""
    base, tuned = (
        read_measures(run / f"measured-{model}.jsonl") if model in models else {}
        for model in ("base", "tuned")
    )
    difference = {name: found for name in tuned if (found := _difference(name, base, tuned))}
    return Evaluated(_scores(base), _scores(tuned), difference, _upshot(difference))


def _scores(side: Mapping[str, Measure]) -> dict[str, Score]:
    return {name: one.score for name, one in side.items()}


def _difference(name: str, base: Mapping[str, Measure], tuned: Mapping[str, Measure]) -> Difference | None:
    sides = [side[name].measured if name in side else None for side in (base, tuned)]
    return difference_of(sides[0], sides[1]) if sides[0] and sides[1] else None


def _upshot(difference: Mapping[str, Difference]) -> Upshot:
    better, worse = (
        [name for name, one in difference.items() if one.way == wanted] for wanted in ("better", "worse")
    )
    return Upshot(_sentence(better, worse) if difference else "", better, worse)


def _sentence(better: list[str], worse: list[str]) -> str:
    if better and not worse:
        return f"Tuning helped: {', '.join(better)} got better."
    if worse:
        return f"Tuning made the model worse: {', '.join(worse)}."
    return "The tuned model is no better than its base, within what chance explains."
