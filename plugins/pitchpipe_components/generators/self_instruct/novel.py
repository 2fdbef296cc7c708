"""Admits tasks that are new: unlike the seeds and all that were admitted before."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

import pitchpipe as pp
from pitchpipe_components.generators.self_instruct.shown import task_of
from pitchpipe_components.novelty.limit import NoveltyLimit

NAMES = [one.name for one in fields(NoveltyLimit)]


def limits_of(said: dict[str, float]) -> NoveltyLimit:
    """The limit that a recipe names."""
    for name, limit in said.items():
        if name in ("embedder", "similarity"):
            raise ValueError("novelty: write `novelty: {cosine: 0.9}`, and `embedder: hashed` beside it")
        if name not in NAMES:
            raise ValueError(f"novelty: no measure '{name}': {', '.join(NAMES)}.{pp.suggest(name, NAMES)}")
        if not 0 < limit <= 1:
            raise ValueError(f"novelty: expected {name} to be above 0 and of at most 1, got {limit}")
    if len(said) != 1:
        raise ValueError(f"novelty: name one measure: {', '.join(NAMES)}")
    return NoveltyLimit(**said)


class Admission:
    """Sees all new tasks in their order."""

    def __init__(
        self, limits: NoveltyLimit, embedder: Callable[[list[str]], Any], seeds: Sequence[pp.Conversation]
    ):
        self.limits, self.index = limits, limits.index(embedder)
        self.places: list[str] = []
        for seed in seeds:
            if task := task_of(seed):
                self._add(task, f"seed {seed.source}" if seed.source.line else f"seed {seed.id}")

    def __call__(self, made: pp.Made) -> pp.Drop | None:
        task = task_of(made.conversation)
        if near := self.index.nearest(task):
            limit = getattr(self.limits, self.limits.name)
            return pp.Drop("not new", round(near.score, 4), limit, self.places[near.index])
        self._add(task, made.id)
        return None

    def _add(self, task: str, place: str) -> None:
        self.index.add(task)
        self.places.append(place)
