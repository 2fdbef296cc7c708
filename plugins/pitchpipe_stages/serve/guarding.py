"""Guards around answers: each sees what comes in, and what goes out, a window of a stream at a time."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import cast

from pitchpipe.host.serving import Answering, Request, Said, Service, Upstream
from pitchpipe.recipe.recipe import Use
from pitchpipe_stages.serve.guards.asked import InputRefused, passed
from pitchpipe_stages.serve.guards.standing import StandingGuard
from pitchpipe_stages.serve.guards.watched import watched


def guarded(
    uses: Sequence[Use], answer: Answering, upstreams: Mapping[str, Upstream], service: Service
) -> Answering:
    """Answers that the guards let pass. An upstream reads a request again whose words they edited."""
    guards = [StandingGuard(use, service) for use in uses]
    after = [guard for guard in guards if "output" in guard.on]

    async def guarded_answer(request: Request) -> AsyncGenerator[Said]:
        try:
            let_in = await passed(guards, request)
        except InputRefused as refused:
            for said in refused.said(request):
                yield said
            return
        if let_in is not request:
            let_in = upstreams[request.upstreams[0]].read(let_in)
        stream = cast(AsyncGenerator[Said], answer(let_in))
        for guard in after:
            stream = watched(guard, let_in, stream)
        async with aclosing(stream):
            async for said in stream:
                yield said

    def guarded_by_all(request: Request) -> AsyncIterator[Said]:
        return guarded_answer(request)

    return guarded_by_all if guards else answer
