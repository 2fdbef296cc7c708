"""A run of rows that try to break out of the page."""

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)></details></style></title>\" onclick='x' & ]]> <!--"
RECIPE = """\
loaders:
  - plain: {path: one.jsonl, name: one}
  - plain: {path: two.jsonl, name: "two <b>", epochs: 5}
repair: false
filters:
  - words: {min_words: 3, max_words: 500}
  - shout
  - same
  - odd
  - words: {min_words: 8, action: tag}
split: {train: 0.5, validation: 0.25, test: 0.25}
"""
PLUGIN = '''
import json
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pitchpipe as pp

@pp.hookimpl
def register_loaders(register):
    register("plain", Plain)

@pp.hookimpl
def register_formats(register):
    register("pair", Pair)

@pp.hookimpl
def register_filters(register):
    register("words", words)
    register("shout", shout)
    register("same", Same)
    register("odd", odd)

class Plain:
    def __init__(self, path: Path):
        self.path = path
    def inputs(self):
        return [self.path]
    def __call__(self):
        for number, line in enumerate(open(self.path), 1):
            yield pp.Row(json.loads(line), str(self.path), number)

class Pair:
    def matches(self, row):
        return 9
    def __call__(self, row):
        if "says" not in row:
            return pp.drop("nothing is said: " + str(row))
        messages = pp.Message("user", row["asks"]), pp.Message("assistant", row["says"])
        return pp.Conversation(messages, category=row.get("category", ""))

def words(conversation, *, min_words: int = 1, max_words: int | None = None):
    """Words of the reply."""
    return pp.judged(conversation, words=(len(conversation.replies()[0].split()), min_words, max_words))

def shout(conversation):
    """Quieter."""
    asked, said = conversation.messages
    if "!" not in said.content:
        return conversation
    quiet = pp.replace(said, content=said.content.replace("!", "."))
    return pp.noted(pp.replace(conversation, messages=(asked, quiet)), "shouting toned down: 1")

def odd(conversation):
    """Each has a reason of its own."""
    says = conversation.replies()[0]
    return pp.drop(says[:150]) if says.startswith("odd") else conversation

class Same:
    """Equal ones."""
    def sketch(self, conversations):
        return [blake2b(c.replies()[0].encode(), digest_size=16).digest() for c in conversations]
    def compare(self, sketches):
        first, rows, of = {}, [], []
        for block in sketches.blocks():
            for at in range(len(block)):
                row = block.first + at
                if first.setdefault(block[at], row) != row:
                    rows.append(row)
                    of.append(first[block[at]])
        return pp.Related("equal <i>", np.array(rows, np.int64), np.array(of, np.int64))
'''


def row(asks, says, category=""):
    return {"asks": asks, "says": says, "category": category}


def first_source():
    rows = [
        row(f"question {n}", f"a good answer of {n} in some seven words" + "." * (n % 12), f"c{n % 30:02}")
        for n in range(90)
    ]
    rows += [row("too short", "no")] * 4
    rows += [row(f"copy {n}", "the very same reply to all who ask") for n in range(8)]
    rows += [row(f"loud {n}", f"say it aloud {n} times! once more for me") for n in range(5)]
    rows += [{"asks": f"quarantined {HOSTILE}"}] * 3
    rows += [row(HOSTILE, f"{HOSTILE} {n} and then some words more", HOSTILE) for n in range(3)]
    return [*rows, row(HOSTILE, "<u>")]
