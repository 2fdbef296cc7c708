"""How a generator asks for one source: by the record, equal questions once; whole replies alone come back."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Protocol

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Ask, Reply
from pitchpipe.host.making import Unanswered
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Json
from pitchpipe_stages.generate.making.progress import End, PosedQuestion
from pitchpipe_stages.generate.requests.abilities import Priced
from pitchpipe_stages.generate.requests.desk import followed
from pitchpipe_stages.generate.requests.key import as_bytes, key_of, request_of
from pitchpipe_stages.generate.requests.same_model import is_same
from pitchpipe_stages.generate.requests.schema import must_be_known

APART = 1_000_000  # drafts: equal prompts of two drafts are two questions, told apart by `nth`
ENDS: dict[str, End] = {
    "stop": "answered", "cut": "cut", "refused": "refused", "failed": "failed", "unsent": "unsent",
}  # fmt: skip


class CanReply(Protocol):
    """A teacher of the recipe that can be asked."""

    use: Use
    broken: PitchpipeError | None  # why nobody need go on asking

    async def reply(self, ask: Ask) -> Reply: ...


class AskedTeacher:
    """A teacher that is asked until something stops it: then the questions that are left are not sent."""

    def __init__(self, teacher: CanReply, passed_over: Mapping[str, str] | None = None):
        self.teacher, self.use, self.passed_over = teacher, teacher.use, passed_over or {}
        self.price = self.use.bound.dollars if isinstance(self.use.bound, Priced) else None
        self._problem: PitchpipeError | None = None

    @property
    def problem(self) -> PitchpipeError | None:
        """Why nobody need go on asking."""
        return self._problem or self.teacher.broken

    async def reply(self, ask: Ask) -> Reply:
        """What stops one question stops them all: the first says why, and the others are not sent."""
        try:
            return await self.teacher.reply(ask)
        except PitchpipeError as error:
            self._problem = self._problem or error
            return Reply("", "unsent", problem=f"stopped: {error}")

    async def reply_to_draft(self, ask: Ask) -> Reply:
        """A question of a draft that failed is not asked again: drafts after it were decided without it."""
        key = key_of(as_bytes(request_of(self.use, ask))) if self.passed_over else ""
        if key in self.passed_over:
            return Reply("", "failed", problem=self.passed_over[key], key=key)
        return await self.reply(ask)


class OneSource:
    """Asks for one source of a generator, or for one draft."""

    def __init__(self, teacher: AskedTeacher, seed: str, accept: Sequence[str] = (), draft: int = -1):
        self.random, self.operator = Random(seed), ""
        self.questions: list[PosedQuestion] = []
        self._teacher, self._accept = teacher, accept
        self._first, self._apart = (draft, APART) if draft >= 0 else (0, 1)
        self._reply_to = teacher.reply if draft < 0 else teacher.reply_to_draft

    async def __call__(
        self, prompt: str | Sequence[Json], /, *, nth: int = 0, max_tokens: int = 1024,
        temperature: float = 0.7, top_p: float = 1.0, schema: Json | None = None,
        raw: bool = False, stop: Sequence[str] = (), logprobs: bool = False,
    ) -> Reply:  # fmt: skip
        if schema:
            must_be_known(schema)
        number, words = self._first + nth * self._apart, str(prompt) if raw else ""
        how = (max_tokens, temperature, top_p, schema, number, words, tuple(stop), logprobs)
        before = len(self.questions)
        reply = await followed(self._noted, Ask(() if raw else _messages(prompt), *how))
        if reply.end == "failed" and reply.problem:  # of the last of them: the schema was broken
            self._fails(self.questions[-1], reply.problem)
        for mended in self.questions[before:-1]:
            self._fails(mended, "against its schema: asked once more")
        if self.questions[-1].end != "answered":
            raise Unanswered(msgspec.structs.replace(reply, problem=self.questions[-1].why or reply.problem))
        return reply

    async def _noted(self, ask: Ask) -> Reply:
        reply = await self._reply_to(ask)
        end, why = self._judged(reply)
        question = PosedQuestion(
            reply.key, end, why, self.operator, reply.model, reply.end == "failed", reply.usage
        )
        question.length = len(ask.raw.encode()) + sum(_length(message) for message in ask.messages)
        question.max_tokens = ask.max_tokens
        if reply.usage and self._teacher.price:
            question.dollars = self._teacher.price(reply.usage) or 0.0
        self.questions.append(question)
        return reply if end == "answered" or reply.end != "stop" else _not_whole(reply, why)

    def _judged(self, reply: Reply) -> tuple[End, str]:
        """What came of a question, and why it was not answered."""
        asked = self._teacher.use.bound.model
        if reply.end == "stop" and not reply.text.strip():
            return "failed", "an empty reply"
        if reply.model and not is_same(asked, reply.model) and "other_model" not in self._accept:
            return "failed", f"another model answered: {reply.model}"
        if reply.end == "cut" and "cut" in self._accept and reply.text.strip():
            return "answered", ""
        return ENDS[reply.end], reply.problem

    @staticmethod
    def _fails(question: PosedQuestion, why: str) -> None:
        if question.end == "answered":
            question.end, question.why = "failed", why


def _messages(prompt: str | Sequence[Json]) -> Sequence[Json]:
    return [{"role": "user", "content": prompt}] if isinstance(prompt, str) else list(prompt)


def _length(message: Json) -> int:
    return len(str(message.get("content")).encode())


def _not_whole(reply: Reply, why: str) -> Reply:
    return msgspec.structs.replace(reply, end="failed", problem=why)
