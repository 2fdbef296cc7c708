"""The upstream that answers a request, and those that stand in where it fails before its first word."""

from collections.abc import AsyncIterator, Mapping

from pitchpipe.host.serving import Answering, Request, Said, Upstream


def routed(upstreams: Mapping[str, Upstream]) -> Answering:
    """Answers of the upstreams that were chosen for a request."""

    def answer(request: Request) -> AsyncIterator[Said]:
        return upstreams[request.upstreams[0]](request)

    return answer
