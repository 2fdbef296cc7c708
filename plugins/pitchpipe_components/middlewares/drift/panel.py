"""What the dashboard shows of a model that is watched."""

from collections.abc import Iterator

import pitchpipe as pp
from pitchpipe_components.middlewares.drift.features import NAMES
from pitchpipe_components.middlewares.drift.watched import WatchedModel
from pitchpipe_components.middlewares.drift.window import DriftScore

WORDS = {"": "as before", "shifts": "shifts", "alert": "ALERT"}


def panel_of(watched: WatchedModel) -> pp.Panel:
    """Its last full window, by feature, and the highest PSI of each window before."""
    past = watched.window.past
    scores = past[-1].scores if past else {}
    return pp.Panel(
        f"Drift of {watched.name}",
        note=_note(watched),
        head=("feature", "verdict", "PSI"),
        rows=[list(_row(watched, name, scores.get(name))) for name in NAMES if watched.reference.features],
        points=[(one.at, max(score.psi for score in one.scores.values())) for one in past if one.scores],
        alert=_alert(watched.name, scores),
    )


def _note(watched: WatchedModel) -> str:
    full = f"{watched.window.requests} of {watched.size} requests of this window"
    known = watched.reference.features.items()
    if not known:
        return f"{full}, the first one: what it holds is what later ones are compared with"
    served = [NAMES[name] for name, one in known if not one.learned]
    data = "the first window" if len(served) == len(known) else "the training data"
    but = f" ({', '.join(served)}: with the first window)" if 0 < len(served) < len(known) else ""
    shifts, alert = watched.limits
    return f"{full}. Compared with {data}{but}; PSI above {shifts:g} shifts, above {alert:g} is an alert"


def _row(watched: WatchedModel, name: str, score: DriftScore | None) -> Iterator[str | float]:
    yield NAMES[name]
    if not score:
        yield "not yet judged" if name in watched.reference.features else "not yet known"
        yield ""
        return
    yield f"{WORDS[score.level]}: {score.moved}" if score.level else WORDS[""]
    yield round(score.psi, 3)


def _alert(model: str, scores: dict[str, DriftScore]) -> str:
    told = [
        f"{NAMES[name]} (PSI {score.psi:.2f}; {score.moved})"
        for name, score in scores.items()
        if score.level == "alert"
    ]
    return f"{model} drifts: {', '.join(told)}" if told else ""
