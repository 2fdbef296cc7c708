"""The base beside the tuned model: scores and differences of all items, and of groups of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path

from pitchpipe.host.scoring import Score
from pitchpipe_stages.evaluate.contamination import contaminated as found_in
from pitchpipe_stages.evaluate.evaluated import BothModels, Difference, Evaluated
from pitchpipe_stages.evaluate.groups import groups_of
from pitchpipe_stages.evaluate.intervals import difference_of, difference_of_scores, score_of
from pitchpipe_stages.evaluate.measures import Measure, read_measures
from pitchpipe_stages.evaluate.upshot import upshot_of
from pitchpipe_stages.evaluate.ways import settle_ways

Side = Mapping[str, Measure]


def evaluated(run: Path, models: list[str]) -> Evaluated:
    """What the records of a run's evaluations say."""
    base, tuned = (
        read_measures(run / f"measured-{model}.jsonl") if model in models else {}
        for model in ("base", "tuned")
    )
    found = compared(base, tuned, groups_of(run / "prepared"))
    found.contaminated, found.clean = _parts(base, tuned, set(found_in(run)))
    settle_ways(found.contaminated)
    settle_ways(found.clean)
    found.upshot = upshot_of(found)
    return found


def compared(base: Side, tuned: Side, groups: Mapping[str, list[str]]) -> Evaluated:
    """Two models' scores and their differences, whole and for each group of held-out conversations."""
    names = list(dict.fromkeys([*base, *tuned]))
    whole = {name: _both(base.get(name), tuned.get(name)) for name in names}
    by_group = _groups(base, tuned, groups)
    settle_ways(whole)
    settle_ways({(name, group): one for name, found in by_group.items() for group, one in found.items()})
    found = Evaluated(
        base={name: one.base for name, one in whole.items() if one.base},
        tuned={name: one.tuned for name, one in whole.items() if one.tuned},
        difference={name: one.difference for name, one in whole.items() if one.difference},
        groups=by_group,
    )
    found.upshot = upshot_of(found)
    return found


def _groups(base: Side, tuned: Side, held_out: Mapping[str, list[str]]) -> dict[str, dict[str, BothModels]]:
    """Each score for each group of its items."""
    found: dict[str, dict[str, BothModels]] = {}
    for name in dict.fromkeys([*base, *tuned]):
        sides = base.get(name), tuned.get(name)
        of_groups = {group: _both(*sides, ids) for group, ids in _parted(sides, held_out)}
        if of_groups:
            found[name] = of_groups
    return found


def _parts(base: Side, tuned: Side, known: Set[str]) -> tuple[dict[str, BothModels], dict[str, BothModels]]:
    """The scores of items that stand in the training data, and of the others, where there are such."""
    contaminated: dict[str, BothModels] = {}
    clean: dict[str, BothModels] = {}
    for name, side in tuned.items():
        if not known.isdisjoint(side.items):
            both = base.get(name), side
            contaminated[name] = _both(*both, [id for id in side.items if id in known])
            clean[name] = _both(*both, [id for id in side.items if id not in known])
    return contaminated, clean


def _parted(
    sides: Sequence[Measure | None], held_out: Mapping[str, list[str]]
) -> Iterator[tuple[str, list[str]]]:
    """The groups of a score's items: a group that holds all of them is none."""
    items = {id for side in sides if side for id in side.items}
    own: dict[str, list[str]] = {}
    for id, item in {id: item for side in sides if side for id, item in side.own.items()}.items():
        if item.group:
            own.setdefault(item.group, []).append(id)
    for group, ids in [*held_out.items(), *sorted(own.items())]:
        mine = [id for id in ids if id in items]
        if mine and len(mine) < len(items):
            yield group, mine


def _both(base: Measure | None, tuned: Measure | None, ids: Iterable[str] | None = None) -> BothModels:
    """A score of both models over all items, or over some."""
    chosen = None if ids is None else list(ids)
    scores = [_score(side, chosen) for side in (base, tuned)]
    return BothModels(scores[0], scores[1], _difference(base, tuned, chosen))


def _score(side: Measure | None, ids: list[str] | None) -> Score | None:
    if side is None:
        return None
    if ids is None:
        return side.score
    measured = side.measured
    return score_of(measured, ids) if measured else None


def _difference(base: Measure | None, tuned: Measure | None, ids: list[str] | None) -> Difference | None:
    """On the same items; of scores without items from both intervals."""
    if base is None or tuned is None:
        return None
    left, right = base.measured, tuned.measured
    if left and right:
        return difference_of(left, right, ids)
    return difference_of_scores(base.score, tuned.score) if ids is None else None
