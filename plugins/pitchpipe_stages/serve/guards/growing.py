"""An answer while it grows: all that was said of it, and what of that may be heard already."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pitchpipe.host.serving import Likely, Said
from pitchpipe.records.conversation import Json, Message
from pitchpipe_stages.serve.guards.held import settled


@dataclass
class GrowingAnswer:
    """One of the answers to a request, as its upstream says it."""

    text: str = ""
    reasoning: str = ""
    calls: list[Json] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)  # of what was not heard yet
    ended: bool = False
    likely: deque[tuple[int, Sequence[Likely]]] = field(default_factory=deque)  # and how much was said when

    def add(self, said: Said) -> None:
        self.text += said.text
        self.reasoning += said.reasoning
        self.calls += said.calls
        self.numbers.update(tokens=said.tokens, thought=said.thought, read=said.read)
        self.ended = bool(said.end)
        if said.likely:
            self.likely.append((self.length, said.likely))

    @property
    def length(self) -> int:
        return len(self.text) + len(self.reasoning)

    def whole(self) -> Message:
        """The reply so far."""
        return _reply(self.text, self.reasoning, self.calls)

    def settled(self, window: int) -> Message:
        """What of it no guard changes any more, if what it finds fits into its window."""
        if self.ended or self.calls:
            return self.whole()
        if self.text:
            return _reply(settled(self.text, window), self.reasoning, ())
        return _reply("", settled(self.reasoning, window), ())

    def with_numbers(self, said: Said) -> Said:
        """The stretch with the tokens of all that was not heard before it."""
        numbers, self.numbers = self.numbers, Counter()
        return replace(said, tokens=numbers["tokens"], thought=numbers["thought"], read=numbers["read"])

    def likely_until(self, reply: Message) -> list[Likely]:
        """How likely the tokens were whose words stand in so much of the reply."""
        at, found = len(reply.content) + len(reply.reasoning), list[Likely]()
        while self.likely and self.likely[0][0] <= at:
            found += self.likely.popleft()[1]
        return found


def _reply(text: str, reasoning: str, calls: Sequence[Json]) -> Message:
    return Message("assistant", text, reasoning=reasoning, tool_calls=tuple(map(_as_in_data, calls)))


def _as_in_data(call: Json) -> Json:
    """A call as conversations have it."""
    function = {"name": call["name"], "arguments": call["arguments"]}
    return {"id": call["id"], "type": "function", "function": function}


def calls_of(message: Message) -> list[Json]:
    """The calls of a reply as answers have them."""
    return [{"id": call["id"], **call["function"]} for call in message.tool_calls]
