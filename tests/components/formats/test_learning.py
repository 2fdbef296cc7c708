"""Marks that say whether a turn is learned, as tools write them; and what is told of a turn's other keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe_components.formats import Messages, Pairs, ShareGPT
from pitchpipe_components.formats.learning import DESCRIBING, MARKS
from tests.components.formats.published import anything, notes_of, without_notes

PROMPT = {"role": "user", "content": "Hi"}


def marked(**marks):
    """What becomes of a reply with these keys: what is learned of it, and the notes."""
    made = Messages()({"messages": [PROMPT, {"role": "assistant", "content": "Hello!", **marks}]})
    return without_notes(made).messages[1].learn, notes_of(made)


@pytest.mark.parametrize(
    ("marks", "learn"),
    [
        ({"weight": 0}, False),  # OpenAI
        ({"weight": 1}, True),
        ({"train": False}, False),  # axolotl
        ({"training": False}, False),
        ({"train": None, "train_detail": None}, None),
        ({"loss": False}, False),  # Swift
        ({"loss": True, "loss_scale": 1.0}, True),
        ({"loss_scale": 0.0}, False),
        ({"loss_weight": 0.0}, False),  # LLaMA-Factory
        ({"loss_mask": 0}, False),
        ({"trainable": False}, False),  # Tinker
        ({"masked": True}, False),  # torchtune
        ({"masked": False}, None),
        ({"ignore": "true"}, False),
        ({"ignore": 0}, None),
        ({"mask": False}, None),
        ({"learn": "0"}, False),
        ({"learn": "false"}, False),
        ({"learn": "True"}, True),
        ({"weight": "1.0"}, True),
        ({"weight": float("nan")}, None),
        ({"weight": ""}, None),
        ({"weight": 0, "train": False, "masked": True}, False),
    ],
)
def test_every_spelling_decides(marks, learn):
    assert marked(**marks) == (learn, ())


@pytest.mark.parametrize(
    ("marks", "learn", "note"),
    [
        ({"weight": 0.5}, True, "weight read as learned: weight 0.5"),
        ({"loss_weight": 3}, True, "weight read as learned: loss_weight 3"),
        ({"loss_scale": "0.1"}, True, "weight read as learned: loss_scale 0.1"),
        ({"weight": -1}, False, "weight read as not learned: weight -1"),
        ({"mask": 1}, False, "mask read as not learned: mask 1"),
        ({"weight": 1, "train": False}, False, "marks of a turn disagree and it is not learned: weight 1, train False"),
        ({"weight": 2, "masked": True}, False, "marks of a turn disagree and it is not learned: weight 2, masked True"),
    ],
)  # fmt: skip
def test_what_training_cannot_follow_is_told_and_kept(marks, learn, note):
    assert marked(**marks) == (learn, (note,))
    made = Messages()({"messages": [PROMPT, {"role": "assistant", "content": "Hello!", **marks}]})
    assert without_notes(made).meta == {"turns": [{}, marks]}


@pytest.mark.parametrize("mark", [{"masked": 0.5}, {"mask": "User"}, {"mask": [1, 0]}])
def test_a_mask_that_is_no_switch_is_left_to_repair(mark):
    assert marked(**mark) == (mark, ())


def test_each_change_is_counted_once_a_row_whatever_its_values():
    rows = [PROMPT | {"weight": 0}, {"role": "assistant", "content": "a", "weight": 0.5},
            PROMPT, {"role": "assistant", "content": "b", "weight": 2, "mood": "good"}]  # fmt: skip
    assert notes_of(Messages()({"messages": rows})) == (
        "weight read as learned: weight 0.5, weight 2",
        "keys of turns not read: mood",
    )


def test_keys_that_only_describe_a_turn_and_empty_values_are_kept_without_a_note():
    described = {"timestamp": 5, "language": "English", "toxic": False, "annotations": [], "refusal": None}
    made = Messages()({"messages": [PROMPT | described]})
    assert isinstance(made, pp.Conversation)
    assert made.meta["turns"] == [{key: value for key, value in described.items() if value is not None}]
    assert not DESCRIBING & {*MARKS, "weight", "content", "thinking"}


def test_parts_are_marked_as_turns_are():
    def parts(*texts, **marks):
        return marked(content=list(texts), **marks)

    hidden = {"type": "output_text", "text": "Hm. ", "masked": True}
    assert parts(hidden, "4") == ((("Hm. ", False), ("4", True)), ())
    assert parts({"type": "text", "text": "Hm. ", "weight": 0.0}, {"text": "4", "weight": 0.5}) == (
        (("Hm. ", False), ("4", True)),
        ("weight read as learned: weight 0.5",),
    )
    assert parts({"text": "Hm. ", "train": "half"}, {"text": "4"}) == ("half", ())
    assert marked(content={"type": "text", "text": "Hm.", "weight": 0}) == (False, ())
    assert parts({"text": "a", "weight": 1}, {"text": "b"}, weight=0)[0] == (("a", True), ("b", False))


def test_train_detail_that_cannot_be_read_is_told():
    detail = [{"begin_offset": 0, "end_offset": 99, "train": False}]
    assert marked(train_detail=detail) == (None, ("keys of turns not read: train_detail",))
    known = [{"begin_offset": 0, "end_offset": 2, "train": False}]
    assert marked(train_detail=known, train=False) == (False, ())


def test_a_pair_is_marked_by_its_reply():
    row = {"conversation": [{"input": "Hi", "output": "Hello!", "train": False, "mood": "x"}]}
    made = Pairs()(row)
    assert without_notes(made).messages == (
        pp.Message("user", "Hi"),
        pp.Message("assistant", "Hello!", learn=False),
    )
    assert notes_of(made) == ("keys of turns not read: mood",)


def test_the_rejected_turn_is_told_and_kept_too():
    worse = {"from": "gpt", "value": "No.", "mood": "bad", "weight": 0.5}
    row = {"conversations": [{"from": "human", "value": "Hi"}], "chosen": {"from": "gpt", "value": "Yes."}}
    made = ShareGPT()(row | {"rejected": worse})
    assert notes_of(made) == ("weight read as learned: weight 0.5", "keys of turns not read: mood")
    assert without_notes(made).meta == {"rejected_turn": {"mood": "bad", "weight": 0.5}}


@pytest.mark.parametrize("odd", [5, "abc", ["a", {"mood": 1}], {"a": 1}])
def test_a_key_with_the_name_of_ours_breaks_nothing(odd):
    assert notes_of(Messages()({"messages": [PROMPT | {"content_parts": odd}]}))[0].startswith(
        "keys of turns not read: "
    )


@given(st.dictionaries(st.sampled_from(sorted(MARKS)), anything, max_size=4))
def test_no_mark_is_lost_in_silence(marks):
    """A mark decides, or is told, or says nothing, or is left to repair."""
    learn, notes = marked(**marks)
    if learn is None and not notes:
        assert all(_says_nothing(key, value) for key, value in marks.items())


def _says_nothing(key, value):
    none = value is None or value != value or (isinstance(value, str) and value.strip().lower() in ("", "nan", "none", "null"))  # fmt: skip
    off = key in ("mask", "masked", "ignore", "ignore_loss") and str(value).strip().lower() in ("0", "0.0", "-0.0", "false", "no")  # fmt: skip
    return none or off
