"""Replies that were judged one by one: bad ones are rejected sides of their own, pairs give one of each."""

import pytest

from tests.ledger import counts, fates
from tests.preferences import files, learned, pair, prepared, summary, turn, whole

JUDGES = {"trainer: both": "trainer: judges"}
CHAT = [turn("user", "Hi"), turn("assistant", "Hello"), turn("user", "Bye"), turn("assistant", "Bye!")]


def kto(asked, said, label, **more):
    return {"prompt": asked, "completion": said, "label": label, **more}


def told(examples):
    """Of each example whether it is good, and what it says."""
    return [(not one.rejected, learned(one.rejected or one).removesuffix("<|im_end|>")) for one in examples]


def test_a_bad_reply_is_a_rejected_side_alone(project):
    rows = [kto("2+2?", "4", True), kto("2+2?", "5", False), kto(CHAT[:3], [CHAT[3]], 0)]
    here, examples = prepared(project, rows, **JUDGES)
    assert told(examples) == [(True, "4"), (False, "5"), (False, "Bye!")]
    assert [len(one.ids) == 0 for one in examples] == [False, True, True]
    assert (
        whole(examples[1].rejected)
        == "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n5<|im_end|>\n"
    )
    assert examples.lengths().tolist() == [len(one.ids) or len(one.rejected.ids) for one in examples]
    assert summary(here)["splits"]["train"]["replies"] == 3


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ({"label": True}, {"label": False}),
        ({"label": "good"}, {"label": "bad"}),
        ({"thumbs": "up"}, {"thumbs": "down"}),
        ({"thumbs_up": True, "thumbs_down": False}, {"thumbs_up": False, "thumbs_down": True}),
        ({"feedback": "👍"}, {"feedback": "👎"}),
        ({"is_desirable": True}, {"is_desirable": False}),
        ({"rejected": False}, {"rejected": True}),
        ({"score": 1}, {"score": -1}),
        ({"correct": 1}, {"correct": 0}),
        ({"kto_tag": True}, {"kto_tag": False}),
    ],
)
def test_columns_say_what_is_good_and_bad(project, good, bad):
    rows = [
        {"instruction": f"Say {n}.", "output": f"{n} it is", **(good if n % 2 else bad)} for n in range(6)
    ]
    _, examples = prepared(project, rows, **JUDGES)
    assert told(examples) == [(bool(n % 2), f"{n} it is") for n in range(6)]


def test_the_recipe_may_name_the_column_and_its_bad_values(project):
    rows = [{"instruction": f"Say {n}.", "output": f"{n} it is", "stars": n} for n in range(1, 6)]
    named = {"{path: rows.jsonl}": "{path: rows.jsonl, undesired: {stars: [1, 2]}}"}
    _, examples = prepared(project, rows, **JUDGES, **named)
    assert told(examples) == [(n > 2, f"{n} it is") for n in range(1, 6)]


def test_a_pair_gives_a_good_reply_and_a_bad_one(project):
    here, examples = prepared(project, [pair("2+2?", "4", "5"), pair("2+3?", "5", "6")], **JUDGES)
    assert told(examples) == [(True, "4"), (False, "5"), (True, "5"), (False, "6")]
    found = counts(here)
    assert (found["read"], found["kept"], found["more"]) == (2, 4, 2)


def test_both_replies_to_a_prompt_are_on_one_side_of_the_split(project):
    rows = [pair(f"Say {n}.", str(n), f"no {n}") for n in range(30)]
    here, _ = prepared(project, rows, **JUDGES, **{"collator:": "split: {train: 0.5, test: 0.5}\ncollator:"})
    sides = [{row["messages"][0]["content"] for row in here.rows(f"runs/recipe/prepared/{side}.jsonl")}
             for side in ("train", "test")]  # fmt: skip
    assert sides[0] and sides[1] and not sides[0] & sides[1]


def test_a_row_that_no_column_judges_is_left_out_and_the_cure_is_told(project):
    rows = [
        kto("2+2?", "4", True),
        kto("2+2?", "5", False),
        kto("2+3?", "5", None),
        kto("2+4?", "6", 1),
    ]
    here, examples = prepared(project, rows, **JUDGES)
    assert len(examples) == 3
    assert fates(here) == {3: ["label is neither true nor false"]}
    rows = [{"instruction": f"Say {n}.", "output": f"{n} it is"} for n in range(6)]
    here = project(files(rows, **JUDGES))
    outcome = here.run("prepare", "recipe.yaml", "--workers", "1")
    outcome.assert_failed("no column says whether this reply is good or bad")
    assert "undesired: {COLUMN: VALUE}" in outcome.out


def test_keeping_what_is_undesired_judges_nothing(project):
    rows = [kto("2+2?", "4", True), kto("2+2?", "5", False)]
    here = project(files(rows, **JUDGES, **{"{path: rows.jsonl}": "{path: rows.jsonl, undesired: keep}"}))
    here.run("check", "recipe.yaml").assert_failed("undesired: keep", "judges")


def test_judged_data_of_one_kind_is_warned_of(project):
    here, _ = prepared(project, [kto(f"Say {n}.", str(n), True) for n in range(5)], **JUDGES)
    (warning,) = [one for one in summary(here)["warnings"] if "bad" in one]
    assert "5 good replies and no bad one" in warning
