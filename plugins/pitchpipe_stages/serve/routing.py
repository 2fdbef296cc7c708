"""The upstream that answers a request, and those that stand in where it fails before its first word."""

import math
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol, cast

from pitchpipe.errors import suggest
from pitchpipe.host.serving import Declined, Panel, Request, Router, Said, SeesAnswers, Upstream
from pitchpipe_stages.serve.attempt import Attempt
from pitchpipe_stages.serve.joined import JoinedAnswers
from pitchpipe_stages.serve.upstream_health import UpstreamHealth, is_failure, why

LETTERS = 4  # of a token, where nobody knows better
FAILURES, FALLBACKS = "upstreams that failed, and why", "answers of an upstream that stood in for another"


class Tells(Protocol):
    """Where failures are told."""

    def count(self, name: str, help: str, by: float = 1, **labels: str) -> None: ...
    def say(self, line: str) -> None: ...


class Routing:
    """Reads requests for whom they go to, and has them answered. The one place where anything is tried again:
    a few times, for a few seconds, and never after the first word."""

    def __init__(self, upstreams: Mapping[str, Upstream], tells: Tells, router: Router | None = None):
        self.upstreams, self.router, self._tells = upstreams, router, tells
        self.health = {name: UpstreamHealth(name, tells.say) for name in upstreams}

    def read(self, request: Request, is_routed: bool) -> Request:
        """The request as the first of its upstreams reads it that does not decline it."""
        names = self._chosen(request) if is_routed else (request.model,)
        first: Declined | None = None
        for at, name in enumerate(names):
            try:
                return replace(self.upstreams[name].read(request), upstreams=names[at:])
            except Declined as no:
                first = first or no
        raise first or Declined(500, "the router chose nobody")

    def _chosen(self, request: Request) -> tuple[str, ...]:
        """Whom the router chooses. What names tokens of one model can be sent to that one alone."""
        assert self.router
        if request.wish.bias or request.tokens is not None:
            param, one_of = "logit_bias" if request.wish.bias else "prompt", ", ".join(self.upstreams)
            words = f"{param} holds tokens of one model, and '{request.model}' may be any of {one_of}"
            raise Declined(400, words, param)
        names = tuple(dict.fromkeys(self.router(request)))
        for name in names:
            if name not in self.upstreams:
                raise Declined(500, f"the router chose '{name}'.{suggest(name, self.upstreams)}")
        return names

    def tokens(self, request: Request) -> int:
        """Of what is asked, as the first model counts them that can; else a quarter of the letters."""
        for upstream in self.upstreams.values():
            try:
                if ids := upstream.read(request).ids:
                    return len(ids)
            except Declined:
                continue
        words = request.text or "".join(message.content for message in request.conversation.messages)
        return math.ceil(len(words) / LETTERS)

    async def __call__(self, request: Request) -> AsyncGenerator[Said]:
        """What is said, and by whom."""
        attempt = Attempt(request.upstreams, self.health)
        while True:
            name = await attempt.next()
            async with aclosing(self._stretches(name, request)) as stretches:
                if first := await self._first(name, stretches, attempt):
                    self._succeed(name, request)
                    async with aclosing(self._all(name, request, first, stretches)) as every:
                        async for said in every:
                            yield said
                    return

    async def _stretches(self, name: str, request: Request) -> AsyncGenerator[Said]:
        """Of one upstream. One that stands in reads the request for itself: its ids may be others."""
        upstream = self.upstreams[name]
        asked = request if name == request.upstreams[0] else upstream.read(request)
        read = len(asked.ids)
        async with aclosing(cast(AsyncGenerator[Said], upstream(asked))) as stretches:
            async for said in stretches:
                yield replace(said, by=name, read=0 if request.ids else said.read + read)
                read = 0

    async def _first(self, name: str, stretches: AsyncGenerator[Said], attempt: Attempt) -> Said | None:
        """The first stretch; nothing where another upstream may have one."""
        try:
            return await anext(stretches)
        except StopAsyncIteration:
            failure: Exception = Declined(502, "the upstream said nothing", code="upstream_failed")
        except Exception as error:
            failure = error
        if is_failure(failure):
            self._tells.count("upstream_failures", FAILURES, upstream=name, why=why(failure))
            self.health[name].fail(failure)
        attempt.fail(name, failure)
        return None

    async def _all(
        self, name: str, request: Request, first: Said, rest: AsyncGenerator[Said]
    ) -> AsyncGenerator[Said]:
        """All stretches, for whoever listens and for a router that wants to see them."""
        watcher = self.router if isinstance(self.router, SeesAnswers) else None
        joined = JoinedAnswers()
        try:
            said: Said | None = first
            while said:
                if watcher:
                    joined.add(said)
                yield said
                said = await anext(rest, None)
        except Exception:
            self._tells.count("upstream_failures", FAILURES, upstream=name, why="broke off")
            raise
        if watcher:
            watcher.answered(request, joined.answers())

    def _succeed(self, name: str, request: Request) -> None:
        stands_in = name != request.upstreams[0]
        self.health[name].succeed(stands_in)
        if stands_in:
            self._tells.count("upstream_fallbacks", FALLBACKS, upstream=request.upstreams[0], to=name)

    def panels(self) -> Sequence[Panel]:
        head = ("upstream", "answers", "of them for others", "failures", "now")
        rows = [[one.name, one.answered, one.stood_in, one.failed, one.state] for one in self.health.values()]
        out = [one.name for one in self.health.values() if one.seconds]
        alert = f"left out: {', '.join(out)}" if out else ""
        return [Panel("Upstreams", head=head, rows=rows, alert=alert)]
