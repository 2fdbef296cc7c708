"""One model that is watched: what it is used to, its window, and the files of both."""

import os
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from time import time
from typing import TypeVar

import msgspec

import pitchpipe as pp
from pitchpipe_components.middlewares.drift.features import Value
from pitchpipe_components.middlewares.drift.reference import DriftReference, FeatureReference, digest_of
from pitchpipe_components.middlewares.drift.window import DriftWindow, PastWindow

SAVED_EACH = 20  # requests: that many are forgotten where the power fails
State = TypeVar("State", DriftReference, DriftWindow)


class WatchedModel:
    """Counts what is asked of a model and what it answers. What has no reference yet learns it from the first
    window."""

    def __init__(self, name: str, folder: Path, window: int, limits: Sequence[float]):
        self.name, self.size, self.limits = name, window, limits
        self._stem = folder / blake2b(name.encode(), digest_size=8).hexdigest()
        self.reference, self.window = DriftReference(), DriftWindow()
        self.learning = dict[str, list[Value]]()

    def begin(self, learned: Sequence[pp.Conversation]) -> None:
        """Finds the reference: the one that is kept, if the data are the same."""
        digest = digest_of(learned) if learned else ""
        kept = _read(self._stem.with_suffix(".reference.json"), DriftReference)
        if kept and kept.digest == digest:
            self.reference = kept
        else:
            self.reference = DriftReference.of(learned, digest)
            _write(self._stem.with_suffix(".reference.json"), self.reference)
        window = _read(self._stem.with_suffix(".window.json"), DriftWindow)
        if window and window.digest == digest and self._fits(window):
            self.window = window
        self.window.digest = digest
        if not self.reference.features:
            self.window.requests = 0  # what was to be learned from them is forgotten

    def _fits(self, window: DriftWindow) -> bool:
        known = self.reference.features
        return all(
            name in known and len(counts) == len(known[name].bins) for name, counts in window.counts.items()
        )

    def add(self, features: dict[str, Value]) -> PastWindow | None:
        """Counts one request; a window that it fills is judged."""
        for name, value in features.items():
            if known := self.reference.features.get(name):
                counts = self.window.counts.setdefault(name, [0] * len(known.bins))
                counts[known.bins.place(value)] += 1  # type: ignore[arg-type]
            else:
                self.learning.setdefault(name, []).append(value)
        self.window.requests += 1
        if self.window.requests < self.size:
            return None
        done = self.window.score(self.reference, self.limits, time())
        self._learn()
        return done

    def _learn(self) -> None:
        """Makes what was seen the reference of what has none, where it is enough."""
        for name, values in [*self.learning.items()]:
            if 2 * len(values) >= self.size:
                self.reference.features[name] = FeatureReference.of(name, values, learned=False)
                del self.learning[name]

    def save(self) -> None:
        """Keeps the window; and the reference, where the window is a new one."""
        if not self.window.requests:
            _write(self._stem.with_suffix(".reference.json"), self.reference)
        _write(self._stem.with_suffix(".window.json"), self.window)

    @property
    def is_due(self) -> bool:
        """Whether it is time to save."""
        return not self.window.requests % SAVED_EACH


def _read(file: Path, kind: type[State]) -> State | None:
    """What is kept; nothing where there is none, or it is damaged."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _write(file: Path, state: State) -> None:
    """All of it or nothing."""
    new = file.with_suffix(".new")
    new.write_bytes(msgspec.json.encode(state))
    os.replace(new, file)
