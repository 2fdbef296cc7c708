"""How well the filters part junk from good rows, as the docs say it."""

import runpy

import pytest

from tests.documents import ROOT

BENCHMARK = runpy.run_path(str(ROOT / "benchmarks" / "filters.py"))
RESULTS = BENCHMARK["judged"]()


@pytest.mark.parametrize("name", RESULTS)
def test_a_filter_drops_junk_and_keeps_good_rows(name):
    found = RESULTS[name]
    assert found.junk >= 20 and found.good >= 20
    assert found.precision >= 0.95, found.alarms
    assert found.recall >= 0.85, found.missed


def test_the_docs_hold_the_table_of_the_command():
    assert BENCHMARK["table"](RESULTS) in (ROOT / "docs" / "filters.md").read_text("utf-8")


def test_each_drop_quotes_words_of_its_row():
    rows = [BENCHMARK["json"].loads(line) for line in BENCHMARK["ROWS"].read_text("utf-8").splitlines()]
    filters = {filter.__name__: filter for filter in BENCHMARK["ALONE"]}
    for row in rows:
        drop = BENCHMARK["drops"](filters[row["filter"]], row)
        if drop:
            words = drop.reason.partition(": ")[2].removesuffix("...")
            said = " ".join("\n".join((row["prompt"], row.get("context", ""), row["reply"])).split())
            assert words and words.replace("\\ud800", "") in said, drop


def test_why_shows_the_very_words(project):
    rows = [
        {"instruction": "Who are you?", "output": "Hello. I am ChatGPT, a friend."},
        {"instruction": "Paint the fence.", "output": "<nooutput>"},
        {"instruction": "Name a fox.", "output": "Renard"},
    ]
    recipe = "loaders:\n  - files: {path: rows.jsonl}\nfilters: [sft_default]\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    said = here.run("why", "runs/recipe", "rows.jsonl:1").out
    assert "teacher_identity: dropped: claims too high: Hello. I am ChatGPT, a friend." in " ".join(
        said.split()
    )
    assert "no_outputs too high" not in said
    reasons = [line["reason"] for line in here.rows("runs/recipe/ledger.jsonl")]
    assert "no outputs too high: <nooutput>" in reasons
    (counted,) = here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]["rows"].values()
    assert {"claims too high", "no outputs too high"} <= {entry["reason"] for entry in counted["why"]}
