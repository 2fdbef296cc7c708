"""Admits tasks that are new: unlike the seeds and all that were admitted before."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

import pitchpipe as pp
from pitchpipe_components.generators.self_instruct.shown import task_of
from pitchpipe_components.novelty.limit import NoveltyLimit

NAMES = [one.name for one in fields(NoveltyLimit)]
COSINE = 0.85  # where a recipe names an embedder and no limit
Said = dict[str, float | str]


def limits_of(said: Said) -> NoveltyLimit:
    """The limit that a recipe names: {rouge_l: 0.7}, {jaccard: 0.7}, {cosine: 0.8} or {embedder: hashed}."""
    named = {"cosine" if name == "similarity" else name: limit for name, limit in said.items()}
    if embedder := named.pop("embedder", None):
        limit = named.setdefault("cosine", COSINE)
        if embedder != "hashed":
            words = f"`novelty: {{cosine: {limit}}}`, and `embedder: {embedder}` beside it"
            raise ValueError(f"novelty: name another embedder than hashed so: {words}")
    for name, limit in named.items():
        if name not in NAMES:
            raise ValueError(f"novelty: no measure '{name}': {', '.join(NAMES)}.{pp.suggest(name, NAMES)}")
        if isinstance(limit, str) or not 0 < limit <= 1:
            raise ValueError(f"novelty: expected {name} to be above 0 and of at most 1, got {limit!r}")
    if len(named) != 1:
        raise ValueError(f"novelty: name one measure: {', '.join(NAMES)}")
    return NoveltyLimit(**{name: limit for name, limit in named.items() if not isinstance(limit, str)})


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
