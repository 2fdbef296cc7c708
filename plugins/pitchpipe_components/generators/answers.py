"""The generator `answers`: a reply to each conversation that has none."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Literal

import pitchpipe as pp
from pitchpipe_components.generators.asked import reply_to, whole
from pitchpipe_components.generators.faults import refusal_of
from pitchpipe_components.text.loosely import loosened

ECHO = "echo: the reply is the question"
SAID = "said before: another answer to this is the same"
SPOKEN = ("system", "user", "assistant")


class Answers:
    """Answer what has no reply yet: the whole conversation is asked, and the reply put behind it.

    Dropped, and explained in the ledger, are replies that refuse in fewer than 80 words, that hold no letter
    and no digit, that repeat the question, or that an answer to it has said before. Conversations that call
    tools are left out. Where the teacher tells what it thought, the row keeps that as the reply's reasoning.
    """

    def __init__(
        self,
        *,
        system: Annotated[
            str,
            pp.Meta(description="said to the teacher where no system message is; the row does not keep it"),
        ] = "",
        per_source: Annotated[int, pp.Meta(ge=1, description="answers to each, a row of its own each")] = 1,
        again: Annotated[
            bool,
            pp.Meta(description="answer what has a reply, too: its last one is asked for anew"),
        ] = False,
        sorry: Annotated[
            Literal["drop", "keep"], pp.Meta(description="short replies that refuse or apologise")
        ] = "drop",
        temperature: Annotated[float, pp.Meta(ge=0, le=2, description="of a reply")] = 0.7,
        top_p: Annotated[float, pp.Meta(gt=0, le=1, description="of a reply")] = 1.0,
        max_tokens: Annotated[int, pp.Meta(ge=1, description="tokens of a reply, at most")] = 2048,
    ):
        self.system, self.per_source, self.sorry = system, per_source, sorry
        self.unanswered = not again
        self.how: dict[str, Any] = {"temperature": temperature, "top_p": top_p, "max_tokens": max_tokens}

    def expects(self) -> dict[str, dict[str, float]]:
        """What it takes before anything is measured."""
        each = self.per_source
        return {"source": {"questions": each, "written": 300 * each, "made": each, "rows": each}}

    async def __call__(self, source: pp.Conversation, ask: pp.Asking) -> AsyncIterator[pp.Made]:
        asked = _asked(source)
        if why := _unaskable(source, asked):
            yield _made(source, asked, pp.drop(why))
            return
        said = {loosened(text): ECHO for text in {asked[-1].content, whole(asked[-1])}}
        for nth in range(self.per_source):
            reply = await reply_to(ask, self._questions(asked), nth=nth, **self.how)
            if reply is None:
                continue
            words, plain = reply.text.strip(), loosened(reply.text)
            dropped = self._why_not(words) or (pp.drop(said[plain]) if plain in said else None)
            said.setdefault(plain, SAID)
            yield _made(source, [*asked, pp.Message("assistant", words, reasoning=reply.reasoning)], dropped)

    def _questions(self, asked: Sequence[pp.Message]) -> list[dict[str, str]]:
        told = [{"role": message.role, "content": whole(message)} for message in asked]
        if self.system and asked[0].role != "system":
            return [{"role": "system", "content": self.system}, *told]
        return told

    def _why_not(self, words: str) -> pp.Drop | None:
        if not any(map(str.isalnum, words)):
            return pp.drop(f"empty: {words[:80]}")
        return refusal_of(words) if self.sorry == "drop" else None


def _asked(source: pp.Conversation) -> list[pp.Message]:
    """The conversation up to the message that is to be answered."""
    messages = list(source.messages)
    while messages and messages[-1].role == "assistant":
        messages.pop()
    return messages


def _unaskable(source: pp.Conversation, asked: Sequence[pp.Message]) -> str:
    if not any(message.role == "user" and whole(message).strip() for message in asked):
        return "nothing is asked"
    if source.tools or any(message.role == "tool" or message.tool_calls for message in asked):
        return "it calls tools, which the teacher is not given"
    other = next((message.role for message in asked if message.role not in SPOKEN), "")
    return f"a role that the teacher does not know: {other}" if other else ""


def _made(source: pp.Conversation, messages: Sequence[pp.Message], drop: pp.Drop | None = None) -> pp.Made:
    """The messages, with all else that the source says of itself."""
    found = pp.made(messages=messages, category=source.category, drop=drop)
    return pp.replace(found, conversation=pp.replace(found.conversation, meta=dict(source.meta)))
