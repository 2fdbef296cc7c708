"""Contents, contexts, weights and calls of wrong types."""

import pytest

import pitchpipe as pp
from pitchpipe_components.repair import repair
from tests.components.repair.talks import CALL, CUT, LIST, NAN, NUMBER, A, M, U, outcome, reply_of, talk

FILE = {"type": "file", "file": {"file_id": "f-1"}}


@pytest.mark.parametrize(
    ("content", "expected", "notes"),
    [
        (5, "5", [NUMBER]),
        (-0.5, "-0.5", [NUMBER]),
        (True, "true", [NUMBER]),
        (False, "false", [NUMBER]),
        (2**70, str(2**70), [NUMBER]),
        ([{"type": "text", "text": "a"}], "a", []),
        ([{"type": "text", "text": "a"}, {"type": "output_text", "text": "b"}, {"text": "c"}], "a\nb\nc", []),
        (["a", None, {"text": "b"}], "a\nb", [LIST]),
        ({"text": "a"}, "a", []),
    ],
)
def test_contents_become_text(content, expected, notes):
    assert reply_of(content) == (expected, tuple(notes))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "empty reply"),
        (float("nan"), "empty reply"),
        ("nan", "empty reply"),
        ([], "empty reply"),
        ([{"type": "text", "text": "a"}, FILE], "holds a part that is not text: 'file'"),
        ([{"type": "input_audio", "input_audio": {}}], "holds a part that is not text: 'input_audio'"),
        ([["a"]], "content is list, not text"),
        ([{"type": "text", "text": 5}], "content is dict, not text"),
        ({"a": 1}, "content is dict, not text"),
        (b"bytes", "content is bytes, not text"),
        pytest.param(10**5000, "content is too large a number", id="5000 digits"),
    ],
)
def test_contents_that_are_no_text(content, reason):
    assert repair(talk(U, ("assistant", content))) == pp.Drop(reason)


def test_nan_is_said_where_the_conversation_goes_on():
    assert outcome(talk(U, A, ("user", float("nan")), A)) == (talk(U, A), (NAN, CUT))
    assert outcome(talk(U, A, ("user", "nan"), A)) == (talk(U, A), (NAN, CUT))


@pytest.mark.parametrize(
    ("context", "expected", "notes"),
    [
        ("a text", "a text", []),
        ("", "", []),
        (None, "", []),
        ("<noinput>", "", ["context read as empty: '<noinput>'"]),
        (" N/A\n", "", ["context read as empty: 'n/a'"]),
        ("None", "", ["context read as empty: 'none'"]),
        ("  ", "", ["context read as empty: ''"]),
        ("nan", "", ["nan read as empty: context"]),
        ("None of it", "None of it", []),
        (7, "7", ["number or boolean read as text: context"]),
        ("a\r\nb", "a\nb", ["line ends made one"]),
    ],
)
def test_contexts(context, expected, notes):
    mended, said = outcome(talk(M("user", "Sort it.", context=context), A))
    assert (mended.messages[0].context, said) == (expected, tuple(notes))


def test_the_list_of_placeholders_is_an_option():
    assert outcome(talk(M("user", "Sort it.", context="None"), A), no_context=("keine",))[1] == ()
    assert outcome(talk(M("user", "Sort it.", context="Keine"), A), no_context=("keine",))[0] == talk(
        ("user", "Sort it."), A
    )


@pytest.mark.parametrize(
    ("weight", "learn"),
    [
        (0, False), (1, True), (1.0, True), (True, True), (None, None), (float("nan"), None), ("", None),
        ("0", False), ("1", True), ("1.0", True), ("false", False), ("True ", True), ("no", False),
    ],
)  # fmt: skip
def test_weights(weight, learn):
    mended, notes = outcome(talk(U, M(*A, learn=weight)))
    assert mended.messages[1].learn is learn and notes == ()


@pytest.mark.parametrize(
    ("weight", "learn", "note"),
    [
        (0.5, True, "weight read as learned: 0.5"),
        (3, True, "weight read as learned: 3"),
        ("0.25", True, "weight read as learned: 0.25"),
        (-1, False, "weight read as not learned: -1"),
    ],
)
def test_weights_between_become_a_switch_and_are_told(weight, learn, note):
    mended, notes = outcome(talk(U, M(*A, learn=weight)))
    assert mended.messages[1].learn is learn and notes == (note,)


@pytest.mark.parametrize(
    ("weight", "shown"),
    [
        ("half", "'half'"),
        ([], "list"),
        ({}, "dict"),
        (float("inf"), "inf"),
        ("inf", "'inf'"),
        pytest.param(10**5000, "int", id="5000 digits"),
    ],
)
def test_other_weights_are_refused(weight, shown):
    assert repair(talk(U, M(*A, learn=weight))) == pp.Drop(f"weight is neither 0 nor 1: {shown}")


def test_tool_calls_stay_as_they_are():
    as_object = CALL | {"function": {"name": "add", "arguments": {"a": [1, None]}}}
    for call in (CALL, as_object):
        sound = talk(U, M("assistant", "", tool_calls=(call,)), M("tool", "3", tool_call_id="c1"), A)
        assert repair(sound) is sound
    assert repair(talk(U, M("assistant", "a", tool_calls="x"))) == pp.Drop(
        "tool_calls is str, not a list of objects"
    )
    assert repair(talk(U, M("assistant", "a", tool_calls=[CALL, 5]))) == pp.Drop(
        "tool_calls holds int, not objects"
    )
    assert repair(talk(U, M("assistant", "a", tool_calls=None))) == talk(U, ("assistant", "a"))


def test_what_is_nested_too_deeply_is_refused():
    deep = []
    for _ in range(5000):
        deep = [deep]
    assert repair(talk(U, M("assistant", "a", tool_calls=({"x": deep},)))) == pp.Drop("nested too deeply")


def test_what_else_a_message_holds_survives_every_edit():
    rich = M("gpt", "a\r\nb", learn=1, reasoning="c\r\nd", tool_calls=[CALL], name="Ann", tool_call_id="t")
    mended, notes = outcome(talk(("human", "Hi"), rich, category="x", id="i", group="g"))
    assert mended == talk(
        U,
        M(
            "assistant",
            "a\nb",
            learn=True,
            reasoning="c\nd",
            tool_calls=(CALL,),
            name="Ann",
            tool_call_id="t",
        ),
        category="x",
        id="i",
        group="g",
    )
    assert notes == ("line ends made one",)
