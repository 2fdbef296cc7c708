"""`pitchpipe generate` with the generator self_instruct, at a server whose teacher never runs out of tasks."""

import json
import re
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from random import Random
from typing import Any

from pitchpipe.testing import Outcome, Project
from tests.bad_server import BadServer

VERBS = [
    "write",
    "explain",
    "sort",
    "compare",
    "rename",
    "list",
    "describe",
    "correct",
    "invent",
    "weigh",
    "praise",
    "count",
    "mend",
    "fold",
]
THINGS = [
    "moss",
    "tide",
    "letter",
    "oven",
    "owl",
    "paper",
    "clock",
    "ferry",
    "salt",
    "bread",
    "comet",
    "harp",
    "glove",
    "fern",
    "kite",
    "lamp",
    "seal",
    "plum",
]
SEEDS = [
    {"instruction": f"{verb.capitalize()} something about the {thing} here.", "output": f"{thing} indeed"}
    for verb, thing in zip(VERBS, THINGS, strict=False)
]
Body = dict[str, Any]


def asked_of(body: Body) -> str:
    return body.get("prompt") or body["messages"][0]["content"]  # what follows asks for a reply to be mended


def kind_of(body: Body) -> str:
    """Which of the generator's questions this is."""
    words = asked_of(body)
    marks = {"task": "Continue the list|numbered|New task instruction|new examples in JSON|A series of",
             "classification": "Yes or No", "outputs_first": "label first", "inputs_first": "Input"}  # fmt: skip
    return next(kind for kind, mark in marks.items() if re.search(mark, words))


def new_task(random: Random) -> str:
    words = [random.choice(THINGS) for _ in range(5)]
    return f"{random.choice(VERBS).capitalize()} {' '.join(words)} {random.randrange(10**6)} please."


def teacher(body: Body, **own: str | Callable[[Body], str]) -> str:
    """What the question decides; `own`: the reply to questions of a kind, or what makes it."""
    kind, random = kind_of(body), Random(blake2b(json.dumps(body, sort_keys=True).encode()).hexdigest())
    if reply := own.get(kind):
        return reply if isinstance(reply, str) else reply(body)
    if kind == "task":
        return "\n".join(f"{number}. {new_task(random)}" for number in range(9, 17))
    if kind == "classification":
        return "Yes" if random.random() < 0.3 else "No"
    if kind == "outputs_first":
        return "Label: good\nInput: a fine day\nLabel: bad\nInput: a broken cup"
    return f"Input: none\nOutput: This is what I say to it, {random.randrange(10**6)} times."


def teaching(**own: str | Callable[[Body], str]) -> Callable[[Body], str]:
    return lambda body: teacher(body, **own)


class Made:
    """What came of a recipe."""

    def __init__(self, here: Project, server: BadServer, outcome: Outcome):
        self.here, self.server, self.outcome = here, server, outcome

    @property
    def rows(self) -> list[Any]:
        return self.here.rows("generated/recipe/rows.jsonl")

    @property
    def content(self) -> str:
        return self.here.read("generated/recipe/rows.jsonl")

    @property
    def reasons(self) -> Counter[str]:
        """Why what was refused was refused, by the words before a colon."""
        return Counter(entry["reason"].partition(":")[0] for entry in self.ledger)

    @property
    def ledger(self) -> list[Any]:
        return self.here.rows("generated/recipe/ledger.jsonl")

    def questions(self, kind: str) -> list[Body]:
        return [body for body in self.server.asked if kind_of(body) == kind]


def make(here: Project, server: BadServer, options: str, seeds: Any = SEEDS, concurrency: int = 4,
         expect: int = 0, **files: str) -> Made:  # fmt: skip
    recipe = (
        f'teachers: {{t: {{openai: {{url: "{server.url}", model: m, concurrency: {concurrency}}}}}}}\n'
        f"generators:\n  - self_instruct: {{teacher: t, seeds: seeds.jsonl, {options}}}\nloaders: [generated]\n"
    )
    here.write({"recipe.yaml": recipe, "seeds.jsonl": seeds, **files})
    outcome = here.run("generate", "recipe.yaml")
    assert outcome.code == expect, outcome.out + outcome.err
    return Made(here, server, outcome)
