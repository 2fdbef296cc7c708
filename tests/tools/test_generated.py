"""What is told of rows that were made: the way to each, what it cost, and what became of all the rest."""

import re
import shutil

import pytest

from pitchpipe.testing import Project
from tests.stand_in_teacher import stand_in

pytestmark = pytest.mark.slow

SEEDS = [
    {"instruction": f"Say {word} twice.", "output": f"{word} {word}"}
    for word in ("lo", "mi", "kafu", "tunen")
]
RECIPE = """
teachers:
  writer:
    openai: {{url: "{url}", model: tutor, dollars_per_million: {{input: 1000, output: 1000}}}}
generators:
  - self_instruct: {{teacher: writer, seeds: seeds.jsonl, instructions: 8, min_words: 3, novelty: {{rouge_l: 0.9}}}}
  - evol_instruct: {{teacher: writer, rounds: 2, in_breadth: []}}
  - answers: {{teacher: writer}}
loaders:
  - generated
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    with stand_in() as server:
        here = Project(folder).write({"recipe.yaml": RECIPE.format(url=server.url), "seeds.jsonl": SEEDS})
        here.run("generate", "recipe.yaml").assert_success()
        here.run("prepare", "recipe.yaml").assert_success()
        asked = len(server.asked)
        yield here
        assert len(server.asked) == asked


def flat(outcome):
    return " ".join(outcome.assert_success().out.split())


def rows(here):
    return here.rows("generated/recipe/rows.jsonl")


@pytest.fixture(scope="module")
def answered(here):
    """A row that was drafted, done, evolved twice and answered, and its line."""
    known = {line["id"]: line for line in here.rows("generated/recipe/sources.jsonl")}
    for number, row in enumerate(rows(here), 1):
        made = known.get(row["made"]["parents"][0], {}).get("made", {})
        if row["made"]["generator"] == "answers" and made.get("round") == 2 and len(row["made"]["asks"]) > 4:
            return number, row
    raise AssertionError("no row was evolved twice")


def test_the_way_to_a_row_is_shown_from_its_seed_with_all_that_was_asked(here, answered):
    number, row = answered
    out = here.run("why", "generated/recipe", row["id"]).assert_success().out
    assert out == here.run("why", "generated/recipe", str(number)).out
    assert out == here.run("why", "generated/recipe", f"rows.jsonl:{number}").out
    steps = re.findall(r"^  \d+  (\w+)[^;\n]*(?:; teacher writer, tutor)?", out, re.M)
    assert steps[-2:] == ["evol_instruct", "answers"] and steps[0] in ("seed", "self_instruct")
    keys = re.findall(r"question ([0-9a-f]{12}):", out)
    assert sorted(keys) == sorted(key[:12] for key in row["made"]["asks"])
    assert row["messages"][-1]["content"] in out


def test_what_it_cost_is_what_its_questions_cost(here, answered):
    number, row = answered
    out = flat(here.run("why", "generated/recipe", str(number)))
    count, dollars, requests, tokens = re.search(
        r"made by (\d+) questions, which took \$([\d.]+), (\d+) requests, (\d+) tokens", out
    ).groups()
    assert int(count) == int(requests) == len(row["made"]["asks"])
    # the server says 10 tokens read and 5 written, for each
    assert int(tokens) == 15 * int(count) and float(dollars) == pytest.approx(0.015 * int(count), rel=1e-3)


def test_a_run_shows_it_too(here, answered):
    _, row = answered
    out = flat(here.run("why", "runs/recipe", row["id"]))
    assert (
        "made by" in out and "answers; teacher writer, tutor" in out and "generated/recipe/rows.jsonl" in out
    )


def test_a_question_is_shown_whole_by_its_key(here, answered):
    _, row = answered
    key = row["made"]["asks"][-1]
    out = here.run("why", "generated/recipe", key[:10]).assert_success().out
    assert f"question {key}, asked of writer" in out and "temperature" in out and "nth" in out
    assert f"user: {row['messages'][0]['content']}" in out and f"led to {row['id']}" in out


def test_a_question_is_shown_by_its_number_also_where_no_rows_were_written(here, tmp_path):
    asked = here.run("why", "generated/recipe", "asks.sqlite:1").assert_success().out
    assert "asked of writer" in asked and "You invent tasks" in asked
    stopped = Project(tmp_path)
    (tmp_path / "generated/recipe").mkdir(parents=True)
    shutil.copy(here.folder / "generated/recipe/asks.sqlite", tmp_path / "generated/recipe")
    assert "You invent tasks" in stopped.run("why", "generated/recipe", "asks.sqlite:1").assert_success().out
    stopped.run("why", "generated/recipe", "asks.sqlite:9999").assert_failed("has no 'asks.sqlite:9999'")


def test_what_was_refused_is_explained(here):
    lost = [line for line in here.rows("generated/recipe/ledger.jsonl") if line.get("id")]
    out = flat(here.run("why", "generated/recipe", lost[0]["id"]))
    assert f"{lost[0]['fate']} by {lost[0]['stage']}" in out and lost[0]["reason"] in out


def test_what_is_not_there_is_said(here):
    here.run("why", "generated/recipe", "nothing").assert_failed("generated/recipe has no 'nothing'")
    here.run("why", "generated/recipe", "0").assert_failed("has no '0'")
    here.run("why", "generated/recipe", "other.jsonl:1").assert_failed("has no 'other.jsonl:1'")
    here.run("why", "generated", "1").assert_failed("generated is no run")


def test_the_report_tells_what_was_made(here):
    here.run("report", "runs/recipe").assert_success()
    page = here.folder.joinpath("runs/recipe/report.html").read_text("utf-8")
    made = here.json("generated/recipe/made.json")
    asked = sum(counts["asked"] for one in made["generators"] for counts in one["operators"].values())
    assert f"<b>{made['rows']}</b><span>rows made</span>" in page
    assert f"<b>{asked}</b><span>questions asked</span>" in page
    for words in ("evol_instruct", "round 2", "Growth", "How rows were made", "ledger.jsonl", "tutor"):
        assert words in page


def test_a_report_is_written_also_where_the_folder_cannot_be_read(here):
    made = here.folder / "generated/recipe/made.json"
    before = made.read_bytes()
    made.write_bytes(b"{")
    here.run("report", "runs/recipe").assert_success()
    made.write_bytes(before)
    page = here.folder.joinpath("runs/recipe/report.html").read_text("utf-8")
    assert "Generated rows" in page and "made.json is damaged" in page and "rows read, from" in page


def test_the_rows_of_generators_are_mixed_by_weights(here):
    mixed = here.folder.joinpath("recipe.yaml").read_text("utf-8").replace(
        "  - generated\n",
        "  - generated: {generator: self_instruct, weight: 1}\n  - generated: {generator: answers, weight: 1}\n",
    )  # fmt: skip
    here.write({"mixed.yaml": mixed + "generate: {folder: generated/recipe}\n"})
    here.run("prepare", "mixed.yaml").assert_success()
    told = here.json("runs/mixed/run.json")["stages"]["prepare"]["result"]["rows"]
    made = [row["made"]["generator"] for row in rows(here)]
    assert {name: told[name]["read"] for name in told} == {
        name: made.count(name) for name in ("self_instruct", "answers")
    }
    wrong = here.run("check", "mixed.yaml", "--set", "loaders.1.generated.generator=evol")
    wrong.assert_failed("the recipe has no generator 'evol'. Known: answers, evol_instruct")


def test_without_the_folder_a_run_says_so(here, answered):
    _, row = answered
    copy = Project(here.folder.parent / "copy")
    shutil.copytree(here.folder, copy.folder, ignore=lambda folder, names: ["generated"])
    (copy.folder / "runs/recipe/run.json").write_text(
        (here.folder / "runs/recipe/run.json").read_text("utf-8").replace(str(here.folder), str(copy.folder)),
        "utf-8",
    )
    out = flat(copy.run("why", "runs/recipe", row["id"]))
    assert "made by answers; its folder" in out and "gone" in out
    copy.run("report", "runs/recipe").assert_success()
    assert "Generated rows" not in (copy.folder / "runs/recipe/report.html").read_text("utf-8")
