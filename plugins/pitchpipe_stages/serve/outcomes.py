"""What became of each request that was accepted: accepted = answered + refused + cancelled + failed."""

from asyncio import CancelledError
from collections.abc import Callable
from time import monotonic
from types import TracebackType

from pitchpipe.host.serving import Declined, Request, Said

HELP = {
    "accepted": "Requests that were found sound and had room.",
    "answered": "Accepted requests whose answers all ended.",
    "refused": "Accepted requests that a guard, or whoever answers, refused.",
    "cancelled": "Accepted requests whose clients went away.",
    "failed": "Accepted requests that broke, or were cut off by the end of the server.",
}


class RequestOutcome:
    """A request from when it is accepted to its end, which is `told` once."""

    def __init__(self, request: Request, told: Callable[["RequestOutcome"], None]):
        self.request, self._told = request, told
        self.how, self.tokens, self.read = "", 0, len(request.ids)
        self.ends, self.seconds = dict[int, str](), 0.0

    def hear(self, said: Said) -> None:
        """A stretch that the client is given."""
        self.tokens += said.tokens
        self.read += said.read
        if said.end:
            self.ends[said.index] = said.end

    def __enter__(self) -> "RequestOutcome":
        self._began = monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.how, self.seconds = self._became(error), monotonic() - self._began
        self._told(self)

    def _became(self, error: BaseException | None) -> str:
        if isinstance(error, Declined):
            return "failed" if error.status >= 500 else "refused"
        if len(self.ends) >= self.request.wish.count:  # whoever stops listening then has heard all
            return "refused" if "content_filter" in self.ends.values() else "answered"
        return "cancelled" if isinstance(error, GeneratorExit | CancelledError) else "failed"

    def line(self) -> str:
        """For the log: who asked for what stays out of it."""
        ends = ",".join(dict.fromkeys(self.ends.values())) or self.how
        cause = "" if ends == self.how or self.how == "answered" else f" {self.how}"
        tokens = f"{self.read}+{self.tokens} tokens"
        return f"{self.request.id} {self.request.model} {tokens} {ends}{cause} {self.seconds:.2f}s"
