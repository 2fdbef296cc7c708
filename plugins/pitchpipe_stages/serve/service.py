"""The server's parts together: whom a model's name means, and the way of a request through them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

from pitchpipe.errors import suggest
from pitchpipe.host.serving import (
    Answering,
    Begins,
    Declined,
    Feedback,
    HearsFeedback,
    Middleware,
    Request,
    Router,
    Said,
    Shows,
    Upstream,
)
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.serve.admission import Entrance
from pitchpipe_stages.serve.embedded import EmbeddedModel
from pitchpipe_stages.serve.engine.engine import Engine
from pitchpipe_stages.serve.grace import Grace
from pitchpipe_stages.serve.guarding import guarded
from pitchpipe_stages.serve.history import ServedHistory
from pitchpipe_stages.serve.learned import learned_in
from pitchpipe_stages.serve.metrics import Metrics
from pitchpipe_stages.serve.outcomes import HELP, RequestOutcome
from pitchpipe_stages.serve.routing import Routing
from pitchpipe_stages.serve.timing import Timing
from pitchpipe_stages.serve.watching import watch


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
    embedded: Mapping[str, EmbeddedModel] = field(default_factory=dict)  # those of this process
    admission: Entrance = field(default_factory=lambda: Entrance(16, 64))
    begun: bool = False
    log: bool = False  # a line for each request
    grace: Grace = field(default_factory=Grace)
    say: Callable[[str], None] = print
    metrics: Metrics = field(default_factory=Metrics)
    history: ServedHistory = field(default_factory=ServedHistory)
    places: Mapping[str, Path] = field(default_factory=dict)  # of models that are in folders, by name

    def __post_init__(self) -> None:
        self._ends = AsyncExitStack()
        self.count, self.gauge, self.observe = self.metrics.count, self.metrics.gauge, self.metrics.observe
        self.routing = Routing(self.upstreams, self, self.router)
        self.timing = Timing(self.metrics, self.history)
        for name in self.names:
            self.timing.add(name)

    @property
    def draining(self) -> bool:
        return self.admission.draining

    @property
    def engines(self) -> list[Engine]:
        return list(dict.fromkeys(model.engine for model in self.embedded.values()))

    @property
    def names(self) -> list[str]:
        return [*([self.routed] if self.router else []), *self.upstreams]

    def learned(self, model: str, most: int = 5000) -> Iterator[Conversation]:
        return learned_in(self.places[model], most) if model in self.places else iter(())

    def tokens(self, request: Request) -> int:
        return self.routing.tokens(request)

    async def begin(self) -> None:
        """Its parts begin; where one cannot, those before it end."""
        for how in HELP:
            self._count_request(how, 0)
        watch(self.metrics, self.admission, self.engines)
        try:
            for engine in self.engines:
                self._ends.push_async_callback(self._end, engine)
                await asyncio.to_thread(engine.start)
            for part in self._parts():
                if isinstance(part, Begins):
                    self._ends.push_async_callback(part.close)
                    await part.begin(self)
        except BaseException:
            await self.close()
            raise
        self.begun = True

    async def close(self) -> None:
        """Its parts end, the last one first, whatever happens to the others."""
        self.begun = False
        await self._ends.aclose()

    def showing(self) -> list[Shows]:
        """Its parts that have something for the dashboard."""
        return [part for part in self._parts() if isinstance(part, Shows)]

    async def _end(self, engine: Engine) -> None:
        await asyncio.to_thread(engine.close, 0 if self.grace.over else None)

    def _parts(self) -> list[Any]:
        router = [self.router] if self.router else []
        guards = [use.bound for use in self.guards]
        return [self.routing, *self.upstreams.values(), *router, *guards, *self.middlewares]

    async def heard(self, feedback: Feedback) -> bool | None:
        """Gives feedback to all parts that listen: whether one knows the answer. None: nothing listens."""
        listening = [part for part in self._parts() if isinstance(part, HearsFeedback)]
        return any([await part.heard(feedback) for part in listening]) if listening else None

    def read(self, request: Request) -> Request:
        """The request with whom it goes to, and what they make of it; or it is declined."""
        if request.model not in self.names:
            known = suggest(request.model, self.names)
            raise Declined(404, f"there is no model '{request.model}'.{known}", "model", "model_not_found")
        return self.routing.read(request, bool(self.router) and request.model == self.routed)

    async def answer(self, request: Request) -> AsyncGenerator[Said]:
        """What is said to a request that was read; it is accepted when the first stretch is asked for."""
        with self.admission.admitted(request.wish.count), self._outcome(request) as outcome:
            async with aclosing(self._around_it(request)) as stretches:
                while said := await self.grace.next(stretches):
                    outcome.hear(said)
                    yield said

    def _around_it(self, request: Request) -> AsyncGenerator[Said]:
        answer = guarded(self.guards, self.routing, self.upstreams, self)
        for middleware in reversed(self.middlewares):
            answer = partial(_around, middleware, answer)
        return cast(AsyncGenerator[Said], self.timing(request, answer(request)))

    def _outcome(self, request: Request) -> RequestOutcome:
        self._count_request("accepted")
        return RequestOutcome(request, self._ended)

    def _ended(self, outcome: RequestOutcome) -> None:
        self._count_request(outcome.how)
        if self.log:
            self.say(outcome.line())

    def _count_request(self, how: str, by: float = 1) -> None:
        self.count(f"requests_{how}", HELP[how], by)

    def responded(self, method: str, path: str, status: int) -> None:
        """Counts a response. `path` is a route's own; empty: it is none of ours."""
        help = "Responses by route and status."
        self.count("http_responses", help, path=path or "other", status=str(status))
        if self.log and status >= 400:
            self.say(f"{method} {path or 'outside of all routes'}: {status}")

    def drain(self, seconds: float) -> None:
        """Takes nothing new; what still runs after so many seconds is cut off."""
        self.admission.draining = True
        asyncio.get_running_loop().call_later(seconds, self.grace.end)


def _around(middleware: Middleware, answer: Answering, request: Request) -> AsyncIterator[Said]:
    return middleware(request, answer)
