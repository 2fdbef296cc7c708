"""A project of many rows in several files, and filters that count their calls."""

import random
from pathlib import Path

PLUGIN = """
import os
import pitchpipe as pp

@pp.hookimpl
def register_filters(register):
    register("first", first)
    register("second", second)
    register("every_tenth", EveryTenth)

def said(name):
    with open(os.environ.get("CALLS", os.devnull), "a") as file:
        file.write(name + "\\n")

def first(conversation, *, min_chars: int = 0):
    said("first")
    return pp.judged(conversation, chars=(len(conversation.replies()[0]), min_chars, None))

def second(conversation, *, word: str = "!"):
    said("second")
    *before, last = conversation.messages
    return pp.noted(pp.replace(conversation, messages=(*before, pp.replace(last, content=last.content + word))), "louder")

class EveryTenth:
    "Drops every tenth that it sees."
    def __init__(self):
        self.seen = 0

    def __call__(self, conversation):
        self.seen += 1
        return conversation if self.seen % 10 else pp.drop("a tenth")
"""
RECIPE = """
loaders:
  - files: {path: "a/*.jsonl", name: a}
  - files: {path: "more/*.jsonl", name: more}
filters:
  - first: {min_chars: 8}
  - exact_duplicates
  - every_tenth
  - second
  - near_duplicates: {threshold: 0.9}
split: {train: 0.8, test: 0.2}
"""


def made_rows(count, seed=0):
    chance = random.Random(seed)
    words = [f"word{n}" for n in range(300)]
    return [
        {
            "instruction": f"Say {number % (count * 2 // 3)}.",
            "output": " ".join(chance.choices(words, k=chance.randint(1, 40))),
        }
        for number in range(count)
    ]


def files(count=900):
    """Two sources of several files, and so of several shards."""
    rows = made_rows(count)
    few = count // 12
    parts = {f"a/{n:02}.jsonl": rows[n * few : (n + 1) * few] for n in range(12)}
    more = {"more/b.jsonl": rows[:200] + made_rows(300, 1), "more/c.jsonl": made_rows(50, 2)}
    return {"recipe.yaml": RECIPE, "pitchpipe_local.py": PLUGIN} | parts | more


def bytes_of(run: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in [*(run / "prepared").iterdir(), run / "ledger.jsonl"]}
