"""What loses much is told at the end of the summary, with its name, its reason and its cure."""

import pytest

GOOD = [{"instruction": f"Say {n}.", "output": f"The number {n}."} for n in range(20)]
RECIPE = "loaders:\n  - files: {path: rows.jsonl, name: mine}\n"


def said(row):
    return [{"role": "user", "content": row["instruction"]}, {"role": "assistant", "content": row["output"]}]


def warned(project, recipe, rows, **files):
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows, **files})
    here.run("prepare", "recipe.yaml").assert_success()
    result = here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]
    return result["warnings"]


def test_sound_data_is_warned_of_by_nothing(project):
    assert warned(project, RECIPE, GOOD) == []


def test_a_source_that_reads_nothing(project):
    recipe = RECIPE + "  - files: {path: none.jsonl, name: other, format: alpaca}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": GOOD})
    (here.folder / "none.jsonl").write_text("\n")
    out = here.run("prepare", "recipe.yaml").assert_success().out
    assert "warning: 'other' read no row" in out.strip().splitlines()[-2]


def test_a_source_most_of_which_is_no_conversation(project):
    bad = [{"instruction": "", "output": "x"}] * 9
    (line,) = warned(project, RECIPE, GOOD + bad)
    assert line.startswith("'mine' lost 9 of 29 rows (31%) because they cannot be read: empty prompt (9).")
    assert warned(project, RECIPE, GOOD + bad[:2]) == []


def test_rows_that_are_judged_bad_are_told_once(project):
    rows = [row | {"label": place % 3 > 0} for place, row in enumerate(GOOD)]
    (line,) = warned(project, RECIPE, rows)
    assert line.startswith("mine: rows that label calls bad, and that are not learned: 7;")


@pytest.mark.parametrize(("most", "told"), [(13, True), (15, False)])
def test_a_filter_that_takes_more_than_its_share(project, most, told):
    rows = [{"instruction": f"Say {n}.", "output": "x" * (n + 1)} for n in range(20)]
    recipe = RECIPE + f"filters:\n  - length: {{max_reply_chars: {most}}}\n"
    lines = warned(project, recipe, rows)
    assert len(lines) == told
    if told:
        assert lines[0].startswith(
            "'mine' lost 7 of 20 rows (35%) to the filter length: reply chars too high (7)."
        )
        assert "`length: {action: tag}` drops none" in lines[0]


def test_rows_and_replies_that_are_too_long(project):
    long = [{"instruction": f"Say {n}.", "output": "word " * 99} for n in range(5)]
    recipe = RECIPE + "model: tiny\ntemplate: chatml\ncollator:\n  padded: {length: 100, too_long: %s}\n"
    (line,) = warned(project, recipe % "drop", GOOD + long)
    assert line.startswith("'mine' lost 5 of 25 rows (20%) because they are too long: too many tokens (5).")
    assert "`length` is 100" in line
    talk = [message for row in (GOOD[0], *long[:2]) for message in said(row)]
    (line,) = warned(project, recipe % "cut_end", [{"messages": talk}, {"messages": said(GOOD[0])}])
    assert "because conversations are too long" in line and "`length` is 100" in line
