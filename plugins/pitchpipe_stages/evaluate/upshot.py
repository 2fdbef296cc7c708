"""Whether tuning helped, in one sentence: for scores.json, the last lines of a run, and its report."""

from collections.abc import Callable, Sequence

from pitchpipe_stages.evaluate.evaluated import BothModels, Evaluated, Upshot
from pitchpipe_stages.evaluate.words import moved, plain, readable

SHOWN = 3  # scores, or groups, that a sentence names
CHANCE = "beyond what chance explains"


def upshot_of(found: Evaluated) -> Upshot:
    """Reads the ways of all differences."""
    named = {
        way: [name for name, one in found.difference.items() if one.way == way] for way in ("better", "worse")
    }
    groups = {
        way: [
            (name, group)
            for name, of_groups in found.groups.items()
            for group, one in of_groups.items()
            if one.difference and one.difference.way == way
        ]
        for way in ("better", "worse")
    }
    upshot = Upshot("", named["better"], named["worse"], groups["better"], groups["worse"])
    upshot.sentence = _sentence(found, upshot)
    return upshot


def _sentence(found: Evaluated, upshot: Upshot) -> str:
    if not any(one.tuned and one.tuned.better for one in map(found.both, found.difference)):
        return ""
    parts = [_of_scores(found, upshot), _of_groups(found, upshot), _of_contaminated(found, upshot)]
    return "; ".join(filter(None, parts)) + "."


def _of_scores(found: Evaluated, upshot: Upshot) -> str:
    better, worse = (
        _listed(names, lambda name: moved(name, found.both(name))) for names in (upshot.better, upshot.worse)
    )
    if better and worse:
        return f"Tuning made some things worse and others better: {worse}, but {better}, {CHANCE}"
    if worse:
        return f"Tuning made the model worse: {worse}, {CHANCE}"
    if better:
        return f"Tuning helped: {better}, {CHANCE}"
    judged = [name for name in found.difference if (score := found.tuned.get(name)) and score.better]
    beside = _listed(judged, lambda name: _beside(name, found.both(name)))
    return f"The tuned model is no better than its base, within what chance explains: {beside}"


def _of_groups(found: Evaluated, upshot: Upshot) -> str:
    """Groups are named where they do not follow their score; those that got worse in any case."""
    worse = _listed(upshot.worse_groups, lambda one: _of_group(found, *one))
    better = [one for one in upshot.better_groups if one[0] not in upshot.better]
    helped = "" if worse else _listed(better, lambda one: _of_group(found, *one))
    return f"it got worse in {worse}" if worse else f"it got better in {helped}" if helped else ""


def _of_contaminated(found: Evaluated, upshot: Upshot) -> str:
    """Scores that are better only with the items that stand in the training data."""
    lost = [
        name
        for name in upshot.better
        if (one := found.clean.get(name)) and (one.difference is None or one.difference.way != "better")
    ]
    if not lost:
        return ""
    names = _listed(lost, readable)
    return f"without the items that stand in the training data, {names} did not surely get better"


def _of_group(found: Evaluated, name: str, group: str) -> str:
    one = found.groups[name][group]
    assert one.base and one.tuned
    return f"{group} ({readable(name)} {plain(one.base)} to {plain(one.tuned)})"


def _beside(name: str, both: BothModels) -> str:
    assert both.base and both.tuned
    return f"{readable(name)} {plain(both.tuned)} (base {plain(both.base)})"


def _listed(items: Sequence[object], words: Callable[..., str]) -> str:
    """The first of them in words, and how many more there are."""
    said = [words(item) for item in items[:SHOWN]]
    if more := len(items) - len(said):
        said.append(f"{more} more")
    return " and ".join(filter(None, (", ".join(said[:-1]), said[-1]))) if said else ""
