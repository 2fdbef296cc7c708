"""What raters compare: two replies to one question."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import combinations
from pathlib import Path

import msgspec
from msgspec import Struct

from pitchpipe.errors import PitchpipeError
from pitchpipe.records.conversation import Conversation, Json, Message
from pitchpipe_tools.compare.contestants import Contestant, ContestantAnswer
from pitchpipe_tools.message_lines import lines_of


class SharedQuestion(Struct, frozen=True):
    """What the models were asked. `lines` are for people, `messages` for programs."""

    id: str
    prompt: str  # its last words
    category: str
    lines: tuple[tuple[str, str], ...]  # what each is, as "user", and what it says
    messages: tuple[Json, ...]


class Candidate(Struct, frozen=True):
    """A model's reply; not `ended` if it was cut at the limit."""

    model: str
    said: str
    ended: bool


class Duel(Struct, frozen=True):
    """Two replies to one question."""

    question: SharedQuestion
    first: Candidate
    second: Candidate

    @property
    def key(self) -> str:
        """The same while the question and the replies are."""
        said = (self.question.id, self.question.prompt, self.first, self.second)
        return blake2b(msgspec.json.encode(said), digest_size=12).hexdigest()

    @property
    def models(self) -> tuple[str, str]:
        return self.first.model, self.second.model


@dataclass
class Duels:
    """All that can be rated, by key; and how many pairs of replies are the same, so that none is better."""

    by_key: dict[str, Duel] = field(default_factory=dict)
    same: int = 0
    questions: int = 0
    other_words: int = 0  # questions with one id that the models were asked in other words


def duels_of(sides: Sequence[Contestant], limit: int | None = None) -> Duels:
    """The replies to the prompts that all models were asked, each with each. A limit takes some by chance."""
    shared = [id for id in sides[0].answers if all(id in side.answers for side in sides)]
    found = Duels()
    asked = [id for id in shared if len({side.answers[id].prompt for side in sides}) == 1]
    found.other_words = len(shared) - len(asked)
    if not asked:
        raise PitchpipeError(_nothing_shared(sides, found.other_words))
    talks = _conversations(sides[0].run, {*asked})
    for id in sorted(asked, key=lambda id: blake2b(id.encode()).digest())[:limit]:
        question = _question(sides[0].answers[id], talks.get(id))
        found.questions += 1
        for duel in _each_pair(question, sides):
            if duel.first.said.strip() == duel.second.said.strip():
                found.same += 1
            else:
                found.by_key[duel.key] = duel
    if not found.by_key:
        raise PitchpipeError(
            f"the models give the same replies to all {found.questions} prompts: there is nothing to compare"
        )
    return found


def _each_pair(question: SharedQuestion, sides: Sequence[Contestant]) -> Iterator[Duel]:
    for first, second in combinations(sides, 2):
        yield Duel(question, *(_candidate(side, question.id) for side in (first, second)))


def _candidate(side: Contestant, id: str) -> Candidate:
    answer = side.answers[id]
    return Candidate(side.name, answer.said, answer.ended)


def _conversations(run: Path, ids: set[str]) -> dict[str, Conversation]:
    """The held-out conversations; questions that an evaluator brings along are not among them."""
    file = run / "prepared" / "test.jsonl"
    if not file.exists():
        return {}
    decode = msgspec.json.Decoder(Conversation).decode
    with open(file, "rb") as lines:
        return {talk.id: talk for line in lines if (talk := decode(line)).id in ids}


def _question(answer: ContestantAnswer, talk: Conversation | None) -> SharedQuestion:
    last = talk.last_reply() if talk else None
    if talk is None or last is None:
        asked = {"role": "user", "content": answer.prompt}
        return SharedQuestion(answer.id, answer.prompt, "", (("user", answer.prompt),), (asked,))
    before = talk.messages[:last]
    lines = tuple((label.strip(), text) for message in before for label, text in lines_of(message))
    return SharedQuestion(answer.id, answer.prompt, talk.category, lines, tuple(map(_plain, before)))


def _plain(message: Message) -> Json:
    """As other programs write it: they know no context beside the words."""
    content = "\n\n".join(filter(None, (message.content, message.context)))
    whole: Json = msgspec.to_builtins(message)
    more = {
        name: whole[name] for name in ("reasoning", "tool_calls", "name", "tool_call_id") if name in whole
    }
    return {"role": message.role, "content": content} | more


def _nothing_shared(sides: Sequence[Contestant], other_words: int) -> str:
    names = " and ".join(side.name for side in sides)
    if other_words:
        return f"{names} were asked the same {other_words} prompts in other words: nothing can be compared"
    return (
        f"{names} have no answers to the same prompts: their held-out conversations differ. Let both recipes"
        " read the same test data: a loader with `side: test`, or the same data and the same `split:`"
    )
