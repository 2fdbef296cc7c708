"""Evaluations as a run leaves them, made up: scores, answers, own questions, verdicts."""

import json
import shutil

import msgspec

from pitchpipe.host.scoring import Item, Measured, Score
from pitchpipe_stages.evaluate.evaluated import BothModels, Difference, Evaluated, Upshot
from pitchpipe_stages.evaluate.measures import Measure, write_measures

SIDES = ("base", "tuned")


def share(value, count=40):
    return Score(value, count, max(0.0, value - 0.1), min(1.0, value + 0.1), True, "higher")


def both(base, tuned, way, count=40):
    difference = Difference(tuned - base, count, tuned - base - 0.05, tuned - base + 0.05, way)
    return BothModels(share(base, count), share(tuned, count), difference)


def evaluated(sentence="", better=(), worse=(), groups=None, **scores):
    """Scores by name, each a pair of both models."""
    return Evaluated(
        {name: one.base for name, one in scores.items() if one.base},
        {name: one.tuned for name, one in scores.items() if one.tuned},
        {name: one.difference for name, one in scores.items() if one.difference},
        Upshot(sentence, list(better), list(worse)),
        groups or {},
    )


def answer(id, said, expected="yes", prompt="", ended=True, **scores):
    return {
        "id": id,
        "prompt": prompt or f"question {id}",
        "expected": expected,
        "said": said,
        "ended": ended,
        "scores": scores,
    }


def own(evaluator, name, hits, said="Sure.", group="due"):
    """A measure of an evaluator that brings its own questions."""
    items = {id: Item(f"own question {id}", group, "", said) for id in hits}
    return Measure.of(name, Measured.shares(hits, own=items), evaluator)


def made(project, found, answers=None, measures=None, name="scored", stages=SIDES):
    """A run with these results beside its data. Gives its folder."""
    run = project.folder / "runs" / name
    shutil.rmtree(run, ignore_errors=True)
    shutil.copytree(project.folder / "runs/recipe", run)
    record, recipe = (json.loads((run / file).read_text()) for file in ("run.json", "recipe.json"))
    record["stages"] |= {f"evaluate {side}": {"parts": {}, "done": True, "seconds": 2.5} for side in stages}
    (run / "run.json").write_text(json.dumps(record))
    (run / "recipe.json").write_text(json.dumps(recipe | {"evaluators": ["exact_match"]}))
    (run / "scores.json").write_bytes(msgspec.json.encode(found))
    for side, lines in (answers or {}).items():
        (run / f"answers-{side}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for side, lines in (measures or {}).items():
        write_measures(run / f"measured-{side}.jsonl", lines)
    return run


def reported(project, run):
    """The page of a run, as text."""
    project.run("report", f"runs/{run.name}").assert_success()
    return (run / "report.html").read_text()
