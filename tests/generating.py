"""A recipe that generates, for tests: generators of its own in few lines, and a server that answers by the question."""

import hashlib
import re
from typing import Any

from tests.asked_teachers import VARIABLE
from tests.bad_server import KEY, Body, bad_server

PLUGIN = '''
import pitchpipe as pp

@pp.hookimpl
def register_generators(register):
    register("tasks", Tasks)
    register("twist", twist)
    register("reply", reply)

class Tasks:
    """Draft tasks until as many as are wanted have a solution."""

    def __init__(self, *, wanted: int = 10, mode: str = "fine"):
        self.wanted, self.mode = wanted, mode

    async def draft(self, pool, ask):
        shown = ask.random.sample([*pool.seeds, *pool.made], 3)
        listed = " | ".join(one.messages[0].content for one in shown)
        said = await ask(f"mode:{self.mode} Draft like: {listed}", max_tokens=16)
        for words in said.text.split(";"):
            yield pp.made(instruction=words.strip(), operator="draft", parents=[one.id for one in shown])

    def admission(self, seeds):
        known = {seed.messages[0].content for seed in seeds}
        def admit(made):
            words = made.conversation.messages[0].content
            if words in known:
                return pp.drop("known", score=1, limit=0)
            known.add(words)
        return admit

    async def __call__(self, source, ask):
        ask.operator = "solve"
        said = await ask(pp.fill("Solve: {task}", task=source.messages[0].content), max_tokens=16)
        if not said.text.startswith("no"):
            yield pp.made(instruction=source.messages[0].content, output=said.text)

async def twist(source, ask, *, rounds: int = 1, mode: str = "fine"):
    """Say it in another way."""
    words, parent = source.messages[0].content, source.id
    for round in range(1, rounds + 1):
        words = (await ask(f"mode:{mode} Twist: {words}", nth=round, max_tokens=16)).text
        made = pp.made(instruction=words, operator="twist", round=round, parents=[parent])
        parent = made.id
        yield made

async def reply(source, ask, *, mode: str = "fine", temperature: float = 0.7):
    """Reply to what has no reply."""
    words = source.messages[0].content
    said = await ask(f"mode:{mode} Reply: {words}", max_tokens=16, temperature=temperature)
    yield pp.made(instruction=words, output=said.text)

reply.unanswered = True
'''
SEEDS = [{"instruction": f"Seed {n}"} for n in range(8)]
PRICE = {"input": 1.0, "output": 2.0}


def digits(text: str, most: int) -> int:
    """A number below `most` that a text decides."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % most


def answer(body: Body) -> str:
    """What the question decides: a task, one of 400; its solution, which one of five has not; other words."""
    words = re.sub(r"mode:\\w+ ", "", str(body["messages"][0]["content"]))
    if "Draft like" in words:
        return f"Task {digits(words, 400)}"
    if "Solve" in words:
        return "none" if digits(words, 5) == 0 else f"solved {digits(words, 10**9)}"
    return f"{words.partition(': ')[2]} +{digits(words, 10**6)}"


def recipe(url: str, generators: str, *, more: str = "", **options: Any) -> str:
    """A recipe whose teacher `writer` is the server."""
    given = {"concurrency": 8, "timeout": 5, "dollars_per_million": PRICE, **options}
    listed = ", ".join(f"{name}: {value}" for name, value in given.items()).replace("'", "")
    teacher = f"{{openai: {{url: '{url}', model: tutor, key: {VARIABLE}, {listed}}}}}"
    return f"teachers:\n  writer: {teacher}\ngenerators:\n{generators}\nloaders: [generated]\n{more}"


def files(url: str, generators: str, **given: Any) -> dict[str, Any]:
    return {
        "recipe.yaml": recipe(url, generators, **given),
        "seeds.jsonl": SEEDS,
        "pitchpipe_local.py": PLUGIN,
    }


__all__ = ["KEY", "PLUGIN", "SEEDS", "VARIABLE", "answer", "bad_server", "digits", "files", "recipe"]
