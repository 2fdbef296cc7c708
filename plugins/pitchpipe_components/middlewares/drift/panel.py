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
        head=("feature", "PSI", "verdict", "moved most", "beside"),
        rows=[list(_row(watched, name, scores.get(name))) for name in NAMES if watched.reference.features],
        points=[(one.at, max(score.psi for score in one.scores.values())) for one in past if one.scores],
        alert="; ".join(_alerts(watched.name, scores)),
    )


def _note(watched: WatchedModel) -> str:
    full = f"{watched.window.requests} of {watched.size} requests of this window"
    if not watched.reference.features:
        return f"{full}, the first one: what it holds is what later ones are compared with"
    return f"{full}; PSI above {watched.limits[0]:g} shifts, above {watched.limits[1]:g} is an alert"


def _row(watched: WatchedModel, name: str, score: DriftScore | None) -> Iterator[str]:
    known = watched.reference.features.get(name)
    yield name.replace("_", " ")
    yield f"{score.psi:.3f}" if score else ""
    yield WORDS[score.level] if score else "not yet judged"
    yield score.moved if score else ""
    yield "" if not known else "training data" if known.learned else "the first window"


def _alerts(model: str, scores: dict[str, DriftScore]) -> Iterator[str]:
    for name, score in scores.items():
        if score.level == "alert":
            yield f"{model}: {name.replace('_', ' ')} drifts (PSI {score.psi:.2f}): {score.moved}"
