"""A window of requests as it fills, and the windows before it: counts alone, kept over restarts."""

from collections.abc import Sequence

from msgspec import Struct, field

from pitchpipe_components.middlewares.drift.psi import by_chance, parts, shares
from pitchpipe_components.middlewares.drift.reference import DriftReference, FeatureReference

KEPT = 200  # windows


class DriftScore(Struct):
    """What became of one feature in a window. `moved` says where it grew or shrank most."""

    psi: float
    level: str  # "", "shifts" or "alert"
    moved: str


class PastWindow(Struct):
    """A full window."""

    at: float  # seconds since 1970, when it was full
    requests: int
    scores: dict[str, DriftScore]


class DriftWindow(Struct):
    """The window of a model. It belongs to one reference."""

    digest: str = ""
    requests: int = 0
    counts: dict[str, list[int]] = field(default_factory=dict)
    past: list[PastWindow] = field(default_factory=list)

    def score(self, reference: DriftReference, limits: Sequence[float], at: float) -> PastWindow:
        """Judges the window, and begins the next one."""
        scores = {
            name: _score(reference.features[name], counts, limits) for name, counts in self.counts.items()
        }
        done = PastWindow(at, self.requests, scores)
        self.past = [*self.past[1 - KEPT :], done]
        self.requests, self.counts = 0, {}
        return done


def _score(before: FeatureReference, now: Sequence[int], limits: Sequence[float]) -> DriftScore:
    """A feature is above a limit only where chance alone would hardly take it there."""
    added = parts(before.counts, now)
    value, chance = sum(added), by_chance(before.counts, now)
    shifts, alert = (value > max(limit, chance) for limit in limits)
    most = added.index(max(added))
    old, new = shares(before.counts)[most], shares(now)[most]
    moved = f"{before.bins.label(most)}: {old:.0%} before, {new:.0%} now"
    return DriftScore(value, "alert" if alert else "shifts" if shifts else "", moved)
