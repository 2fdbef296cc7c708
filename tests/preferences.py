"""Trainers that only say what they learn, and learn nothing, for recipes of tests, and rows of both kinds."""

from pitchpipe import IGNORED
from pitchpipe_components.models import Tiny
from pitchpipe_stages.prepare.examples import PreparedExamples

PLUGIN = """\
from dataclasses import dataclass
from typing import ClassVar

import pitchpipe as pp


@dataclass(frozen=True)
class Both:
    \"\"\"Learns pairs.\"\"\"

    learns: ClassVar[str] = "pairs"
    batch_size: int = 2

    def data_plan(self):
        return pp.DataPlan(batch_size=self.batch_size)

    def __call__(self, training):
        training.model.save_pretrained(training.folder)


class Judges(Both):
    \"\"\"Learns replies that were judged.\"\"\"

    learns = "judged"


class Prompted(Both):
    \"\"\"Learns from prompts.\"\"\"

    learns = "prompts"


class Odd(Both):
    \"\"\"Learns what there is not.\"\"\"

    learns = "pears"


@pp.hookimpl
def register_trainers(register):
    for name, made in (("both", Both), ("judges", Judges), ("prompted", Prompted), ("odd", Odd)):
        register(name, made)
"""
RECIPE = """\
model: tiny
template: chatml
loaders:
  - files: {path: rows.jsonl}
collator: {padded: {length: 256}}
trainer: both
"""


def pair(asked, better, worse, **more):
    return {"prompt": asked, "chosen": better, "rejected": worse, **more}


def prepared(project, rows, recipe=RECIPE, side="train", **changes):
    """What `pitchpipe prepare` makes of rows: the project, and the examples of a side."""
    here = project(files(rows, recipe, **changes))
    here.run("prepare", "recipe.yaml", "--workers", "1").assert_success()
    return here, PreparedExamples(here.folder / "runs/recipe/prepared", side)


def summary(here):
    return here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]


def learned(example):
    """What is learned of one side, in words."""
    return Tiny().tokenizer().decode([label for label in example.labels if label != IGNORED])


def whole(example):
    return Tiny().tokenizer().decode(list(example.ids))


def turn(role, content):
    return {"role": role, "content": content}


def files(rows, recipe=RECIPE, **changes):
    """A project's files; `changes` replace words of the recipe."""
    for old, new in changes.items():
        assert old in recipe
        recipe = recipe.replace(old, new)
    return {"recipe.yaml": recipe, "rows.jsonl": rows, "pitchpipe_local.py": PLUGIN}
