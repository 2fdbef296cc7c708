"""Which tasks a question shows: some of people, some that were made before it."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

import pitchpipe as pp
from pitchpipe_components.generators.self_instruct.presets import Values
from pitchpipe_components.generators.self_instruct.rules import length_in_words

NAMES = ("human", "machine", "any")


class ShownTask(NamedTuple):
    """A task and the id of its conversation."""

    text: str
    id: str


def task_of(conversation: pp.Conversation) -> str:
    """What the first user says, without the text that it is about."""
    said = (message.content for message in conversation.messages if message.role == "user")
    return " ".join(next(said, "").split())


def tasks_of(conversations: Iterable[pp.Conversation], most: int) -> list[ShownTask]:
    """Each task once, in order. Those of more than `most` words would fill a question alone."""
    found: dict[str, str] = {}
    for one in conversations:
        if task := task_of(one):
            found.setdefault(task, one.id)
    return [ShownTask(task, id) for task, id in found.items() if length_in_words(task) <= most]


def drawn(seeds: Sequence[ShownTask], made: Sequence[pp.Conversation], wanted: dict[str, int],
          random: Random) -> list[ShownTask]:  # fmt: skip
    """As many as the recipe wants of each. Where too few were made yet, seeds stand in for them."""
    machine = random.sample(range(len(made)), min(wanted.get("machine", 0), len(made)))
    people = wanted.get("human", 0) + wanted.get("machine", 0) - len(machine)
    chosen = [_made(made[place]) for place in machine]
    chosen += random.sample(seeds, min(people, len(seeds)))
    together = range(len(seeds) + len(made))
    for place in random.sample(together, min(wanted.get("any", 0), len(together))):
        chosen.append(seeds[place] if place < len(seeds) else _made(made[place - len(seeds)]))
    random.shuffle(chosen)
    return list(dict.fromkeys(chosen))


def _made(conversation: pp.Conversation) -> ShownTask:
    return ShownTask(task_of(conversation), conversation.id)


def numbered(shown: Sequence[ShownTask], values: Values) -> str:
    """The tasks as a question lists them."""
    name = "" if values.form == "json" else "Task "
    sign = "." if values.form == "json" else ":"
    return "\n".join(f"{name}{number}{sign} {one.text}" for number, one in enumerate(shown, 1))


def checked(wanted: dict[str, int]) -> dict[str, int]:
    """How many are shown, as a recipe says it."""
    for name, number in wanted.items():
        if name not in NAMES:
            raise ValueError(
                f"demonstrations: expected {', '.join(NAMES)}, got '{name}'.{pp.suggest(name, NAMES)}"
            )
        if number < 0:
            raise ValueError(f"demonstrations: expected {name} to be 0 or more, got {number}")
    if not sum(wanted.values()):
        raise ValueError("demonstrations: a question must show one task at least")
    return wanted
