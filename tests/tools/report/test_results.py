"""Scores of both models on the page, and what is loud about them."""

import json
from types import SimpleNamespace

import pytest

from pitchpipe_stages.prepare.result import Prepared
from pitchpipe_tools.report.notices import notices
from pitchpipe_tools.report.results import ModelScore, read_results, worse
from tests.tools.html.browser import Page

EMPTY = {"rows": {}, "splits": {}, "too_long": SimpleNamespace(), "mix": []}


def both(base, tuned, better):
    return {
        model: {"some_score": ModelScore(value, better=better)}
        for model, value in (("base", base), ("tuned", tuned))
    }


@pytest.mark.parametrize(
    ("base", "tuned", "better", "is_worse"),
    [
        (10.0, 12.0, "lower", True),
        (10.0, 8.0, "lower", False),
        (0.5, 0.4, "higher", True),
        (0.5, 0.5, "higher", False),
        (10.0, 12.0, None, False),  # nobody knows
        (10.0, None, None, True),
        (None, None, "lower", False),
    ],
)
def test_a_tuned_model_is_worse_where_its_score_is(base, tuned, better, is_worse):
    assert worse(both(base, tuned, better)) == ["some_score"] * is_worse


def test_a_worse_model_is_said_first():
    said = Page(notices(Prepared(**EMPTY), both(10.0, 12.5, "lower")))
    assert "The tuned model is worse than the base model: some score 12.5, base 10." in said.text()
    assert notices(Prepared(**EMPTY), both(10.0, 8.0, "lower")) is None


def test_the_page_shows_what_the_run_has_recorded(here):
    run = here.folder / "runs/recipe"
    before = (run / "run.json").read_bytes()
    scores = {
        "base": {"value": 0.5, "low": 0.4, "high": 0.6},
        "tuned": {"value": None, "low": None, "high": None},
    }
    record = json.loads(before)
    for model, score in scores.items():
        result = {"exact_match": {**score, "count": 40, "is_share": True}}
        record["stages"][f"evaluate {model}"] = {"parts": {}, "done": True, "result": result}
    try:
        (run / "run.json").write_text(json.dumps(record))
        here.run("report", "runs/recipe").assert_success()
        page = Page(here.read("runs/recipe/report.html")).text()
        record["stages"]["evaluate tuned"]["done"] = False
        (run / "run.json").write_text(json.dumps(record))
        assert set(read_results(run)) == {"base"}  # what is not done is no result
    finally:
        (run / "run.json").write_bytes(before)
        here.run("report", "runs/recipe").assert_success()
    assert "score base tuned exact match 50.0% 40.0% to 60.0% not a number" in page
    assert "The tuned model is worse than the base model: exact match not a number, base 50.0%." in page
