"""The server's parts together: whom a model's name means, and the way of a request through them."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from pitchpipe.errors import suggest
from pitchpipe.host.serving import (
    Answering,
    Begins,
    Declined,
    Middleware,
    Request,
    Router,
    Said,
    Upstream,
)
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.serve.guarding import guarded
from pitchpipe_stages.serve.history import ServedHistory
from pitchpipe_stages.serve.learned import learned_in
from pitchpipe_stages.serve.metrics import Metrics
from pitchpipe_stages.serve.routing import routed
from pitchpipe_stages.serve.timing import Timing


@dataclass
class ServingService:
    """Upstreams by name, and all that stands around them."""

    upstreams: Mapping[str, Upstream]
    folder: Path
    router: Router | None = None
    routed: str = ""  # the name that stands for whom the router chooses
    guards: Sequence[Use] = ()
    middlewares: Sequence[Middleware] = ()
    identity: str = ""
    draining: bool = False
    say: Callable[[str], None] = print
    metrics: Metrics = field(default_factory=Metrics)
    history: ServedHistory = field(default_factory=ServedHistory)
    places: Mapping[str, Path] = field(default_factory=dict)  # of models that are in folders, by name

    def __post_init__(self) -> None:
        self.count, self.gauge, self.observe = self.metrics.count, self.metrics.gauge, self.metrics.observe
        self.timing = Timing(self.metrics, self.history)
        for name in self.names:
            self.timing.add(name)

    @property
    def names(self) -> list[str]:
        return [*([self.routed] if self.router else []), *self.upstreams]

    def learned(self, model: str, most: int = 5000) -> Iterator[Conversation]:
        return learned_in(self.places[model], most) if model in self.places else iter(())

    async def begin(self) -> None:
        for part in self._parts():
            if isinstance(part, Begins):
                await part.begin(self)

    async def close(self) -> None:
        for part in reversed(self._parts()):
            if isinstance(part, Begins):
                await part.close()

    def _parts(self) -> list[Any]:
        router = [self.router] if self.router else []
        guards = [use.bound for use in self.guards]
        return [*self.upstreams.values(), *router, *guards, *self.middlewares]

    def read(self, request: Request) -> Request:
        """The request with whom it goes to, and what they make of it; or it is declined."""
        if request.model not in self.names:
            known = suggest(request.model, self.names)
            raise Declined(404, f"there is no model '{request.model}'.{known}", "model", "model_not_found")
        chosen: tuple[str, ...] = (request.model,)
        if self.router and request.model == self.routed:
            chosen = tuple(self.router(request))
        return replace(self.upstreams[chosen[0]].read(request), upstreams=chosen)

    def answer(self, request: Request) -> AsyncIterator[Said]:
        """What is said to a request that was read."""
        answer = guarded(self.guards, routed(self.upstreams))
        for middleware in reversed(self.middlewares):
            answer = partial(_around, middleware, answer)
        return self.timing(request, answer(request))


def _around(middleware: Middleware, answer: Answering, request: Request) -> AsyncIterator[Said]:
    return middleware(request, answer)
