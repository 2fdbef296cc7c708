"""What those who look on are told while generators work: a screen, a plan, a pilot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pitchpipe.host.contracts import Usage
from pitchpipe.host.making import Made
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.verdict import Drop
from pitchpipe_stages.generate.requests.sender import Sender

Unit = Literal["draft", "source"]
End = Literal["answered", "refused", "cut", "failed", "unsent"]
CandidateFate = Literal["kept", "dropped", "quarantined"]


@dataclass(slots=True)
class PosedQuestion:
    """A question of a generator, and what came of it. `why` says it of one that was not answered."""

    key: str  # in the record of requests
    end: End
    why: str
    operator: str  # as the generator names what it was about
    model: str = ""  # that answered, as it calls itself
    lost: bool = False  # there is no reply that the record could give again
    usage: Usage | None = None
    dollars: float = 0.0  # 0 where nobody knows
    length: int = 0  # of the messages, in bytes
    max_tokens: int = 0


@dataclass(slots=True)
class MadeCandidate:
    """What was parsed of replies, or what was in vain, and why it was not kept."""

    made: Made | None  # None: nothing could be parsed
    fate: CandidateFate = "kept"
    reason: str = ""  # of one that is not kept; reports count the words before the first colon
    drop: Drop | None = None  # with the score and the limit that decided
    operator: str = ""
    row: bool = False  # it is a line of rows.jsonl
    asks: tuple[str, ...] = ()  # keys of the questions that it came of

    def drops(self, drop: Drop | None, reason: str = "") -> None:
        """It is not kept, if there is a reason."""
        if drop or reason:
            self.fate, self.reason, self.drop = "dropped", reason or str(drop), drop


@dataclass(slots=True)
class FinishedOne:
    """A draft or a source with which a generator is done: its questions, and what came of them."""

    unit: Unit
    id: str  # of the source, or the number of the draft
    questions: list[PosedQuestion] = field(default_factory=list)
    candidates: list[MadeCandidate] = field(default_factory=list)


class Watching(Protocol):
    """Looks on. All calls come in the thread of the event loop.

    A generator that drafts `wants` so many drafts that gave rows, any other has so many sources. `finished`
    comes in the order in which things happen; `accepted` are drafts that gave rows so far, or sources that
    are done. Of a draft it comes when it was decided in its turn what is admitted, of its rows as of a
    source. What was admitted in vain, or beyond what was wanted, is known at the end alone.
    """

    def opened(self, senders: Mapping[str, Sender]) -> None: ...  # by the teachers' names
    def begins(self, use: Use, sources: Sequence[Conversation], wants: int) -> None: ...
    def finished(self, use: Use, one: FinishedOne, accepted: int) -> None: ...
    def ends(self, use: Use) -> None: ...


class NobodyWatches:
    """Looks at nothing."""

    def opened(self, senders: Mapping[str, Sender]) -> None:
        pass

    def begins(self, use: Use, sources: Sequence[Conversation], wants: int) -> None:
        pass

    def finished(self, use: Use, one: FinishedOne, accepted: int) -> None:
        pass

    def ends(self, use: Use) -> None:
        pass
