"""How an upstream does: what it answered, why it failed, and until when nobody asks it."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from pitchpipe.host.serving import Declined

IN_ROW = 3  # failures after which an upstream is left out
PAUSE, LONGEST_PAUSE = 5.0, 60.0  # seconds that it is left out: twice as many each time
WHY = {429: "busy", 502: "unreachable", 503: "not ready", 504: "timeout"}  # all else has just failed
OFTEN = "failed"


def why(error: BaseException) -> str:
    return WHY.get(error.status, OFTEN) if isinstance(error, Declined) else OFTEN


def is_failure(error: Exception) -> bool:
    """Whether another upstream may do better; else it is the client who must do something."""
    return not isinstance(error, Declined) or error.status == 429 or error.status >= 500


@dataclass
class UpstreamHealth:
    """Of one upstream. A request that fails by itself says nothing of the next: only what no request can
    cause, like a connection that is refused, leaves an upstream out."""

    name: str
    say: Callable[[str], None]
    answered: int = 0
    failed: int = 0
    stood_in: int = 0  # of `answered`: for another one
    last: str = ""
    _row: int = 0
    _pause: float = PAUSE
    _until: float = 0.0

    @property
    def seconds(self) -> float:
        """How long nobody asks it yet."""
        return max(0.0, self._until - monotonic())

    @property
    def is_down(self) -> bool:
        """Whether it is left out as it does not answer."""
        return self.seconds > 0 and self._row >= IN_ROW

    @property
    def state(self) -> str:
        if self.seconds:
            return f"left out for {self.seconds:.0f} s: {self.last}"
        return f"fails: {self.last}" if self._row else "answers" if self.answered else "not asked yet"

    def succeed(self, stands_in: bool) -> None:
        if self._row >= IN_ROW:
            self.say(f"upstream '{self.name}' answers again")
        self.answered, self.stood_in = self.answered + 1, self.stood_in + stands_in
        self._row, self._pause = 0, PAUSE

    def fail(self, error: Exception) -> None:
        self.failed, self.last = self.failed + 1, why(error)
        if self.last == "busy":
            self._leave_out(min(error.after or 0, LONGEST_PAUSE) if isinstance(error, Declined) else 0)
        elif self.last != OFTEN:
            self._row += 1
            if self._row >= IN_ROW:
                self._leave_out(self._pause)
                self._pause = min(self._pause * 2, LONGEST_PAUSE)
        self._tell(error)

    def _leave_out(self, seconds: float) -> None:
        self._until = max(self._until, monotonic() + seconds)

    def _tell(self, error: Exception) -> None:
        """The first failure, and when it is left out: not each of thousands."""
        if self.last != OFTEN and self._row not in (0, 1, IN_ROW):
            return
        left_out = f"; it is left out for {self.seconds:.0f} s" if self.seconds else ""
        self.say(f"upstream '{self.name}': {self.last}: {error.__cause__ or error}{left_out}")
