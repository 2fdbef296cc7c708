"""Nothing disappears: rows add up, and the ledger explains each."""

import json

from tests.ledger import counts, fates

RECIPE = """\
loaders:
  - files: {path: rows.jsonl}
filters:
  - exact_duplicates
"""
GOOD = {"instruction": "Say hello.", "output": "Hello!"}
NASTY = [
    (json.dumps(GOOD), None),
    ('{"instruction": "Say hello.", "output": ', ["not JSON"]),
    ("[1, 2]", ["a row is an object, not list"]),
    ("7", ["a row is an object, not int"]),
    ('{"instruction": "Say nothing.", "output": "  "}', ["empty reply"]),
    ('{"instruction": "Count.", "output": 3}', ["number or boolean read as text"]),
    ('{"instruction": "", "output": "What?"}', ["empty prompt"]),
    ('{"instruction": "A \\ud800 alone.", "output": "Broken."}', ["lone surrogate replaced"]),
    (json.dumps(GOOD), ["duplicate"]),
    ('{"instruction": "A big id.", "output": "Fine.", "id": 123456789012345678901234567890}', None),
    ('{"instruction": "Not a number.", "output": "Fine.", "score": NaN}', ["NaN read as null"]),
]


def test_every_row_in_bad_shape_is_mended_or_counted_and_explained(project):
    text = "\ufeff" + "\r\n".join(line for line, _ in NASTY) + "\r\n\r\n"
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": text})
    here.run("prepare", "recipe.yaml").assert_success()
    found = counts(here)
    assert found["read"] == len(NASTY) == found["kept"] + found["dropped"] + found["quarantined"]
    assert (found["kept"], found["dropped"], found["quarantined"], found["changed"]) == (5, 1, 5, 3)
    assert fates(here) == {line: reasons for line, (_, reasons) in enumerate(NASTY, 1) if reasons}
    assert all(line["file"] == "rows.jsonl" for line in here.rows("runs/recipe/ledger.jsonl"))


def test_a_quarantined_row_is_kept_whole(project):
    bad = {"instruction": "x", "output": [{"type": "image"}], "more": [1]}
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": [GOOD, bad]})
    here.run("prepare", "recipe.yaml").assert_success()
    (line,) = here.rows("runs/recipe/ledger.jsonl")
    assert line["row"] == bad


def test_good_rows_behind_many_bad_ones_are_found(project):
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": "{broken\n" * 150 + json.dumps(GOOD) + "\n"})
    here.run("prepare", "recipe.yaml").assert_success()
    assert counts(here)["kept"] == 1 and counts(here)["quarantined"] == 150
    assert all(line["reason"] for line in here.rows("runs/recipe/ledger.jsonl"))
