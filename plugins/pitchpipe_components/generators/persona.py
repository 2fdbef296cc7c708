"""The generator `persona`: what would such a person ask?"""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import pitchpipe as pp
from pitchpipe_components.generators.asked import reply_to, text_of
from pitchpipe_components.generators.faults import fault_of
from pitchpipe_components.text.loosely import loosened
from pitchpipe_components.text.rewritten import unwrapped

Kind = Literal["instruction", "math", "reasoning", "knowledge", "code"]

WHO = """\
Who would write this text, or would want to read it? Describe one such person in one or two sentences: \
work, knowledge, interests, situation. Reply with the description alone, in the language of the text.

<text>
{text}
</text>"""
ASKS = """\
Here is a description of a person.

<person>
{person}
</person>

{what} It should fit who this person is, without describing the person. It must be complete, so that it \
can be answered without asking back, and text alone must be able to answer it. Do not answer it. Reply \
with it alone, in the language of the description."""
WHAT: dict[Kind, str] = {
    "instruction": "Write an instruction that this person could give to an assistant.",
    "math": "Write a problem in mathematics that comes up in the life or work of this person, with all"
    " numbers that its solution needs. It has one solution.",
    "reasoning": "Write a problem that takes several steps of logical reasoning, set in the life or work of"
    " this person. It has one solution.",
    "knowledge": "Write a question of this person's field whose answer needs knowledge that only people of"
    " the field have.",
    "code": "Write a programming task that would help this person, with what goes in, what comes out, and"
    " an example.",
}


class Persona:
    """Ask what a person would ask: as many kinds of instruction as there are kinds of people.

    A source describes a person, in rows of {persona: ...} or {text: ...}. With `from_text` it is any text,
    and the teacher first says who would write or read it. The idea is that of Ge et al. 2024 (arXiv
    2406.20094).
    The results have no reply: the generator `answers` makes it.
    """

    without_replies = True

    def __init__(
        self,
        *,
        kinds: Annotated[
            tuple[Kind, ...], pp.Meta(min_length=1, description="what is asked for, one after another")
        ] = ("instruction",),
        per_kind: Annotated[int, pp.Meta(ge=1, description="instructions of each kind, for each person")] = 1,
        from_text: Annotated[
            bool, pp.Meta(description="sources are any texts: who would write or read them is asked first")
        ] = False,
        temperature: Annotated[float, pp.Meta(ge=0, le=2, description="of an instruction")] = 1.0,
        top_p: Annotated[float, pp.Meta(gt=0, le=1, description="of an instruction")] = 1.0,
        max_tokens: Annotated[int, pp.Meta(ge=1, description="tokens of a reply, at most")] = 1024,
    ):
        self.kinds, self.per_kind, self.from_text = kinds, per_kind, from_text
        self.how: dict[str, Any] = {"temperature": temperature, "top_p": top_p, "max_tokens": max_tokens}

    def expects(self) -> dict[str, dict[str, float]]:
        """What it takes before anything is measured."""
        made = len(self.kinds) * self.per_kind
        return {"source": {"questions": made + self.from_text, "written": 80 * made, "made": made}}

    async def __call__(self, source: pp.Conversation, ask: pp.Asking) -> AsyncIterator[pp.Made]:
        text = text_of(source)
        if not text:
            yield pp.made(messages=source.messages, drop=pp.drop("no text"))
            return
        person = await self._person(text, ask)
        said = {loosened(person)}
        for kind in self.kinds if person else ():
            ask.operator = kind
            question = pp.fill(pp.fill(ASKS, what=WHAT[kind]), person=person)
            for nth in range(self.per_kind):
                reply = await reply_to(ask, question, nth=nth, **self.how)
                if reply is None:
                    continue
                new = unwrapped(reply.text)
                dropped = fault_of(new, person)
                if dropped is None and loosened(new) in said:
                    dropped = pp.drop("said before: the person, or another instruction of the person")
                said.add(loosened(new))
                yield pp.made(new, operator=kind, drop=dropped, persona=person)

    async def _person(self, text: str, ask: pp.Asking) -> str:
        if not self.from_text:
            return text
        ask.operator = "person"
        reply = await reply_to(ask, pp.fill(WHO, text=text), **self.how)
        return unwrapped(reply.text) if reply else ""
