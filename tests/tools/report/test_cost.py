"""What a run took, and what is needed to do it again."""

import json
import re

import pytest
import yaml

from pitchpipe_tools.report.training.cost import duration
from tests.tools.html.browser import Page
from tests.tools.report.evaluations import both, evaluated, made, reported


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (12.3, "12 s"), (59.4, "59 s"), (90, "2 min"), (5400, "1 h 30 min")],
)
def test_times_are_said_as_people_say_them(seconds, words):
    assert duration(seconds) == words


def test_cost_by_stage_and_by_teacher(here):
    run = made(here, evaluated("x", c=both(0.2, 0.8, "better")))
    record = json.loads((run / "run.json").read_text())
    record["stages"]["train"] = {
        "parts": {}, "done": True, "seconds": 95, "result": {"device": "cuda", "processes": 2},
    }  # fmt: skip
    record["asked"] = {
        "writer": {"model": "<gpt>", "ends": {"stop": 3}, "requests": 30, "tokens": 4000, "dollars": 0.25}
    }
    (run / "run.json").write_text(json.dumps(record))
    lines = [
        {
            "stage": "train",
            "step": n,
            "loss": 1.0,
            "tokens_per_second": 100.0 * n,
            "tokens": 50.0,
            "memory": 3e9,
        }
        for n in (1, 2, 3)
    ]
    (run / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    cost = Page(reported(here, run)).text().partition("Cost What the run took.")[2].partition("Data")[0]
    assert "200 tokens per second in training, the median 150 tokens trained on" in cost
    assert "3 GB of memory at most, on cuda of 2 processes" in cost
    assert re.search(r"evaluate tuned 2.5 s \(2\.\d%\) train 2 min \(9\d\.\d%\)", cost)
    assert "teacher model requests tokens cost writer <gpt> 30 4,000 $0.25" in cost


def test_the_recipe_can_be_taken_away_and_is_the_same(here):
    text = reported(here, here.folder / "runs/recipe")
    assert "pitchpipe run recipe.yaml" in Page(text).text()
    (copied,) = re.findall(r'<code id="recipe-text">(.*?)</code>', text, re.DOTALL)
    recipe = json.loads(here.read("runs/recipe/recipe.json"))
    assert yaml.safe_load(Page(copied).text_as_it_is()) == recipe
    assert "versions" in text and "one.jsonl" in text.partition("Hashes")[2]
