"""Limits stop a run that loses or mends too much."""

import pytest

LOADERS = "loaders:\n  - files: {path: rows.jsonl}\n"
MESSY = [{"instruction": f"Say {n}.", "output": str(n)} for n in range(48)] + [
    {"instruction": "Say\u200b it.", "output": "it"},
    {"instruction": "", "output": "it"},
]


def test_strict_stops_at_the_first_row_that_must_be_mended(project):
    here = project({"recipe.yaml": LOADERS + "data: {strict: true}\n", "rows.jsonl": MESSY})
    here.run("prepare", "recipe.yaml").assert_failed("rows.jsonl:49: repair: ", "The recipe says data.strict")
    here.write({"rows.jsonl": MESSY[:48]}).run("prepare", "recipe.yaml").assert_success()


@pytest.mark.parametrize(("limit", "stops"), [("2%", False), ("0.02", False), ("1.9%", True), ("0", True)])
def test_a_run_that_loses_too_much_is_stopped(project, limit, stops):
    here = project({"recipe.yaml": LOADERS + f"data: {{max_dropped: {limit}}}\n", "rows.jsonl": MESSY})
    outcome = here.run("prepare", "recipe.yaml")
    if stops:
        outcome.assert_failed("1 of 50 rows are dropped or quarantined, 2.0%", "empty prompt (1)")
        assert not (here.folder / "runs/recipe/prepared").exists()
    else:
        outcome.assert_success()


def test_a_limit_that_is_none_is_refused(project):
    here = project({"recipe.yaml": LOADERS + "data: {max_dropped: many}\n", "rows.jsonl": MESSY})
    here.run("check", "recipe.yaml").assert_failed(
        "recipe.yaml:3: data: max_dropped: expected a share as in 2%"
    )
