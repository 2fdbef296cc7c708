"""Pairs from rows to batches: both sides are stored, counted, cut alike, and stand in every batch."""

import pytest

from pitchpipe import IGNORED
from pitchpipe_components.collators import Flattened, Packed, Padded
from pitchpipe_components.models import Tiny
from pitchpipe_stages.train.neighbours import maker
from pitchpipe_stages.train.order import SingleExamples, numbers, rejected, rows
from pitchpipe_stages.train.proofs import FirstBatch
from tests.ledger import fates
from tests.preferences import files, learned, pair, prepared, summary, turn

ROWS = [
    pair("What is 2+2?", "4", "5, or so I think"),
    pair([turn("user", "Hi"), turn("assistant", "Hello"), turn("user", "Bye")], [turn("assistant", "Bye!")], [turn("assistant", "No.")]),
    pair("Say so.", "so", "no"),
]  # fmt: skip
PROMPT = "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"


def prompt(example):
    ids = [token for token, label in zip(example.ids, example.labels, strict=True) if label == IGNORED]
    return Tiny().tokenizer().decode(ids)


def test_both_sides_are_stored_with_one_prompt(project):
    here, examples = prepared(project, ROWS)
    assert [(learned(one), learned(one.rejected)) for one in examples] == [
        ("4<|im_end|>", "5, or so I think<|im_end|>"),
        ("Bye!<|im_end|>", "No.<|im_end|>"),
        ("so<|im_end|>", "no<|im_end|>"),
    ]
    assert prompt(examples[0]) == prompt(examples[0].rejected) == PROMPT.format("What is 2+2?") + "\n"
    lengths = [len(one.ids) + len(one.rejected.ids) for one in examples]
    assert examples.lengths().tolist() == lengths
    (split,) = [one for one in summary(here)["splits"].values() if one["tokens"]]
    assert split["tokens"] == sum(lengths) and split["replies"] == split["stops"] == 6
    assert split["learned"] == sum(one.learned + one.rejected.learned for one in examples)


def test_a_row_that_is_no_pair_is_left_out_with_its_reason(project):
    hi, bye = turn("user", "Hi"), turn("user", "Bye")
    differ = {
        side: [hi, turn("assistant", first), bye, turn("assistant", last)]
        for side, first, last in (("chosen", "Hello", "Bye!"), ("rejected", "Yo", "No."))
    }
    here, examples = prepared(project, [*ROWS, differ, {"prompt": "Hi", "completion": "Ho"}, pair("A", "b", " b ")],
                              **{"{path: rows.jsonl}": "{path: rows.jsonl, format: preference}"})  # fmt: skip
    assert len(examples) == 3
    assert fates(here) == {
        4: ["the sides differ before their last reply"],
        5: ["chosen is missing"],
        6: ["chosen and rejected are equal"],
    }


def sizes(examples):
    return [(len(one.ids), len(one.rejected.ids)) for one in examples]


def test_each_side_has_to_fit_and_where_rows_hold_several_both_together(project):
    _, examples = prepared(project, ROWS)
    longest, both = max(map(max, sizes(examples))), max(map(sum, sizes(examples)))
    for collator, length, kept in (
        ("padded", longest, 3), ("padded", longest - 1, 2), ("packed", both, 3), ("packed", both - 1, 2)
    ):  # fmt: skip
        here, cut = prepared(
            project, ROWS, **{"{padded: {length: 256}}": f"{{{collator}: {{length: {length}}}}}"}
        )
        assert len(cut) == kept
        lost = summary(here)["too_long"]
        assert sum(lost.values()) == 0 if kept == 3 else lost["tokens"] in map(sum, sizes(examples))
        assert list(fates(here).values()) == [["too many tokens"]] * (3 - kept)


def test_the_same_turns_are_cut_from_both_sides(project):
    _, whole = prepared(project, ROWS[1:2])
    here, cut = prepared(
        project, ROWS[1:2], **{"length: 256": f"length: {max(*sizes(whole)[0]) - 1}, too_long: cut_start"}
    )
    ((chosen, rejected),) = sizes(cut)
    assert prompt(cut[0]) == prompt(cut[0].rejected) == PROMPT.format("Bye") + "\n"
    result = summary(here)
    assert result["too_long"] == {"tokens": sum(sizes(whole)[0]) - chosen - rejected, "learned": 0}
    (line,) = fates(here)[1]
    assert line == "turns cut from its start"


@pytest.mark.parametrize("rule", ["cut_end", "split"])
def test_what_would_cut_the_compared_reply_is_refused_by_check(project, rule):
    here = project(files(ROWS, **{"length: 256": f"length: 256, too_long: {rule}"}))
    here.run("check", "recipe.yaml").assert_failed(
        f"collator.padded.too_long: {rule}", "drop, stop or cut_start", "both"
    )


def test_a_trainer_that_learns_what_there_is_not_is_told_what_there_is(project):
    here = project(files(ROWS, both="odd"))
    here.run("check", "recipe.yaml").assert_failed("learns 'pears'", "Did you mean 'pairs'?")


# --- Batches ------------------------------------------------------------------------------------


def many(count):
    return [pair(f"Say {n}.", f"{n} " * (1 + n % 5), f"no {n}" * (1 + n % 3)) for n in range(count)]


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    from pitchpipe.testing import Project

    return prepared(Project(tmp_path_factory.mktemp("pairs")).write, many(9))[1]


@pytest.mark.parametrize("collator", [Padded(), Packed(), Flattened()])
def test_a_batch_holds_both_sides_of_each_pair_and_is_proven(examples, collator):
    chosen = [4, 0, 7]
    entries = [SingleExamples(examples)[number] for number in chosen]
    assert numbers(entries) == [4, 4, 0, 0, 7, 7] and rejected(entries) == [False, True] * 3
    sides = [example for _, example, _ in rows(entries)]
    assert sides == [side for n in chosen for side in (examples[n], examples[n].rejected)]
    stop = examples[0].labels[-2]
    first = FirstBatch(Tiny().tokenizer(), [stop], examples)
    found = first.prove(maker(collator)(sides, 0), numbers(entries), sides)
    assert (found.examples, found.replies, found.exact, found.ended) == (6, 6, 6, 6) and not found.elsewhere


def test_a_batch_that_lacks_a_side_is_not_what_was_prepared(examples):
    entries = [SingleExamples(examples)[4]]
    sides = [example for _, example, _ in rows(entries)]
    first = FirstBatch(Tiny().tokenizer(), [examples[0].labels[-2]], examples)
    assert first.prove(Padded()(sides[:1], 0), numbers(entries), sides).elsewhere == 1


def test_an_entry_that_fills_a_batch_has_both_sides_and_teaches_none(examples):
    ((number, example),) = SingleExamples(examples)[~3]
    assert number == 3 and list(example.ids) == list(examples[3].ids)
    assert list(example.rejected.ids) == list(examples[3].rejected.ids)
    assert example.learned == example.rejected.learned == 0
