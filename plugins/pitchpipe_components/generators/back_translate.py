"""The generator `back_translate`: which instruction does a text answer?"""

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

import pitchpipe as pp
from pitchpipe_components.generators.asked import must_take, reply_to, text_of
from pitchpipe_components.generators.faults import fault_of
from pitchpipe_components.text.loosely import loosened
from pitchpipe_components.text.rewritten import unwrapped

PROMPT = """\
An assistant was given an instruction, and answered with the text below. Write the instruction: what a \
person would ask for who wants just this text, with its subject, its form and its length. The \
instruction must make sense without the text, and must not quote it. Reply with the instruction alone, \
in the language of the text.

<text>
{text}
</text>"""
CURATE = """\
How good an answer of an assistant is this text to this instruction?

<instruction>
{instruction}
</instruction>
<text>
{text}
</text>

5: it does all that is asked, to the point, and could not be told from the work of an expert
4: it does all that is asked, with small faults
3: it helps, but is not written as an answer, or brings much besides
2: it touches the subject, and does not do most of what is asked
1: it is no answer to this

First give the reason in a sentence or two. Then end with a line that holds the score alone, as in \
"Score: 3"."""
ROOM = 512  # tokens for the score, with its reason and what a model thinks before it
_SCORE = re.compile(r"score\W{0,6}([1-5])(?!\d|\.\d)", re.IGNORECASE)


class BackTranslate:
    """Ask which instructions a text answers, and keep the text as the reply to them.

    The text is the last reply of a source, or what a user says where there is no reply: rows of the format
    `text`, or pairs whose instructions are to be written anew. With `min_score` the teacher also judges how
    good an answer the text is, from 1 to 5, as in Li et al. 2023 (arXiv 2308.06259).
    """

    def __init__(
        self,
        *,
        per_text: Annotated[
            int, pp.Meta(ge=1, description="instructions that are asked for, of each text")
        ] = 2,
        min_score: Annotated[
            Annotated[int, pp.Meta(ge=1, le=5)] | None,
            pp.Meta(description="pairs that the teacher scores lower are dropped; left out: it is not asked"),
        ] = None,
        max_chars: Annotated[
            int, pp.Meta(ge=1, description="a longer text is dropped: nobody is asked about it")
        ] = 20_000,
        prompt: Annotated[str, pp.Meta(description="another question, with the field {text}")] = PROMPT,
        temperature: Annotated[float, pp.Meta(ge=0, le=2, description="of an instruction")] = 0.7,
        top_p: Annotated[float, pp.Meta(gt=0, le=1, description="of an instruction")] = 1.0,
        max_tokens: Annotated[int, pp.Meta(ge=1, description="tokens of an instruction, at most")] = 1024,
    ):
        must_take(prompt, "text")
        self.per_text, self.min_score, self.max_chars = per_text, min_score, max_chars
        self.prompt = prompt
        self.how: dict[str, Any] = {"temperature": temperature, "top_p": top_p, "max_tokens": max_tokens}

    def expects(self) -> dict[str, dict[str, float]]:
        """What it takes before anything is measured."""
        each = self.per_text
        questions, written = (each, 40 * each) if self.min_score is None else (1.9 * each, 90 * each)
        return {"source": {"questions": questions, "written": written, "made": each, "rows": each}}

    async def __call__(self, source: pp.Conversation, ask: pp.Asking) -> AsyncIterator[pp.Made]:
        text = text_of(source)
        if not text:
            yield pp.made(messages=source.messages, drop=pp.drop("no text"))
            return
        if len(text) > self.max_chars:
            yield pp.made(output=text, drop=pp.drop("a long text", score=len(text), limit=self.max_chars))
            return
        said = {loosened(text)}
        for nth in range(self.per_text):
            reply = await reply_to(ask, pp.fill(self.prompt, text=text), nth=nth, **self.how)
            if reply is None:
                continue
            new = unwrapped(reply.text)
            dropped = fault_of(new, text)
            if dropped is None and loosened(new) in said:
                dropped = pp.drop("said before: the text itself, or another instruction for it")
            if dropped is None and self.min_score is not None:
                dropped = await self._scored(new, text, self.min_score, ask)
            said.add(loosened(new))
            yield pp.made(new, text, category=source.category, drop=dropped)

    async def _scored(self, new: str, text: str, least: int, ask: pp.Asking) -> pp.Drop | None:
        """Why the teacher does not take the text for an answer."""
        question = pp.fill(CURATE, instruction=new, text=text)
        reply = await reply_to(ask, question, max_tokens=ROOM, temperature=0.0)
        scores = _SCORE.findall(reply.text) if reply else []
        if not scores:
            return pp.drop("no score: the teacher did not say one")
        score = int(scores[-1])
        return pp.drop("a low score of the teacher", score=score, limit=least) if score < least else None
