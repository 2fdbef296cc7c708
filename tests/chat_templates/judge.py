"""What is learned of a conversation, judged by what a server sends and a template writes."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pitchpipe as pp
from tests.chat_templates.oracle import Oracle, Served, replies_of

IGNORED = -100


@dataclass(frozen=True)
class Taught:
    """An example of a conversation: its ids and labels, whose replies it teaches, and in which prompt."""

    ids: Sequence[int]
    labels: Sequence[int]
    replies: tuple[int, ...] | None  # by their places; nothing if the prompts are to tell
    variables: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)  # of each reply's prompt


def taught(renderer: Any, conversation: pp.Conversation) -> list[Taught]:
    """What is learned of a conversation, in one example or several."""
    return [
        Taught(
            part.example.ids,
            part.example.labels,
            part.replies,
            {reply: request.variables for reply, request in part.requests.items()},
        )
        for part in renderer.examples(conversation)
    ]


def served(tokenizer: Any, renderer: Any) -> Any:
    """The tokenizer with the chat template that is saved with the model, if it can be."""
    saved = deepcopy(tokenizer)
    if renderer:
        saved.chat_template = renderer.chat_template
    return saved


@dataclass
class Judged:
    """Which replies are learned, and what is wrong with what is learned."""

    learned: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def judge(oracle: Oracle, conversation: pp.Conversation, examples: Sequence[Taught]) -> Judged:
    """Every learned token must belong to a reply that stands behind the very prompt that a server sends."""
    judged = Judged()
    for number, example in enumerate(examples):
        ids, labels = list(example.ids), list(example.labels)
        if any(label not in (IGNORED, token) for token, label in zip(ids, labels, strict=True)):
            judged.wrong.append(f"example {number}: a label is not its token")
        begins = _prompts(oracle, conversation, example, ids)
        learned = _judge_runs(judged, oracle, conversation, number, ids, labels, begins)
        judged.wrong += [
            f"example {number}: reply {at} is not learned behind a server's prompt"
            for at in example.replies or ()
            if at not in learned
        ]
        judged.learned += learned
    for at in dict.fromkeys(judged.learned):
        if judged.learned.count(at) > 1:
            judged.wrong.append(f"reply {at} is learned more than once")
        if conversation.messages[at].learn is False:
            judged.wrong.append(f"reply {at} is not to be learned")
    return judged


def _prompts(
    oracle: Oracle, conversation: pp.Conversation, example: Taught, ids: list[int]
) -> dict[int, tuple[int, list[Served]]]:
    """Where in an example a server's prompt for a reply ends: the reply, and what may follow."""
    begins: dict[int, tuple[int, list[Served]]] = {}
    for at in replies_of(conversation) if example.replies is None else example.replies:
        for served in oracle.served(conversation, at, example.variables.get(at, {})):
            prompt = oracle.ids(served.prompt)
            if ids[: len(prompt)] == prompt:
                begins.setdefault(len(prompt), (at, []))[1].append(served)
    return begins


def _judge_runs(
    judged: Judged, oracle: Oracle, conversation: pp.Conversation, number: int,
    ids: list[int], labels: list[int], begins: dict[int, tuple[int, list[Served]]],
) -> list[int]:  # fmt: skip
    """The replies that are learned rightly."""
    learned: list[int] = []
    at = 0
    while at < len(ids):
        if labels[at] == IGNORED:
            at += 1
            continue
        end = at + 1
        while end < len(ids) and labels[end] != IGNORED and end not in begins:
            end += 1
        said = oracle.tokenizer.decode(ids[at:end], skip_special_tokens=False)
        if at not in begins:
            judged.wrong.append(f"example {number}: no server's prompt ends before {said!r}")
        else:
            reply, served = begins[at]
            if any(_right(oracle, conversation, one, reply, said, ids[:end]) for one in served):
                learned.append(reply)
            else:
                expected = next((one.after for one in served if one.after), None)
                judged.wrong.append(f"example {number}: reply {reply}: {said!r}, expected {expected!r}")
        at = end
    return learned


def _right(
    oracle: Oracle, conversation: pp.Conversation, served: Served, reply: int, said: str, ids: list[int]
) -> bool:
    """Its words, and its tokens: those of the whole text, or those of the reply alone."""
    if not oracle.right(served, conversation, reply, said):
        return False
    prompt = oracle.ids(served.prompt)
    return ids in (oracle.ids(served.prompt + said), prompt + oracle.ids(said))
