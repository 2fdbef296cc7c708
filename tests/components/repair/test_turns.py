"""The order of turns is mended, or the reason is told."""

import pytest

import pitchpipe as pp
from pitchpipe_components.repair import repair
from tests.components.repair.talks import A2, CALL, CUT, EMPTY, MERGED, S2, U2, A, M, S, T, U, outcome, talk

CALLS = M("assistant", "", tool_calls=(CALL,))
FIRST, LAST = "turns before the first prompt cut", "turns after the last reply cut"
JOINED = "user", "Hi\n\nMore?"


@pytest.mark.parametrize(
    ("given", "options", "expected", "notes"),
    [
        # first turns by the assistant
        ([A, U, A2], {}, [U, A2], [FIRST]),
        ([S, A, A2, T, U, A], {}, [S, U, A], [FIRST]),
        ([A, U, A2], {"first_reply": "keep"}, [M("assistant", "Hello", learn=False), U, A2], ["a reply before the first prompt is not learned"]),
        ([M(*A, learn=False), U, A2], {"first_reply": "keep"}, [M(*A, learn=False), U, A2], []),
        ([("assistant", " "), U, A], {"first_reply": "keep"}, [U, A], ["a reply before the first prompt is not learned", EMPTY]),
        # last turns without a reply
        ([U, A, U2], {}, [U, A], [LAST]),
        ([U, A, U2, T], {}, [U, A], [LAST]),
        ([U, CALLS, T], {}, [U, CALLS], [LAST]),
        # one role twice
        ([U, U2, A], {}, [JOINED, A], [MERGED]),
        ([U, A, A2], {}, [U, ("assistant", "Hello\n\nYes.")], [MERGED]),
        ([U, A, A], {}, [U, A], [MERGED]),
        ([M("user", "Hi", context="a"), M("user", "More?", context="b"), A], {}, [M("user", "Hi\n\nMore?", context="a\n\nb"), A], [MERGED]),
        ([U, M(*A, reasoning="r"), M(*A2, reasoning="s")], {}, [U, M("assistant", "Hello\n\nYes.", reasoning="r\n\ns")], [MERGED]),
        ([U, M(*A, learn=False), A2], {}, [U, M(*A, learn=False), A2], []),
        ([M(*U, name="Ann"), M(*U2, name="Bob"), A], {}, [M(*U, name="Ann"), M(*U2, name="Bob"), A], []),
        ([U, CALLS, T, T, A], {}, [U, CALLS, T, T, A], []),
        ([U, CALLS, T, CALLS, T, A], {}, [U, CALLS, T, CALLS, T, A], []),
        ([U, A, CALLS, T, A], {"same_role": "drop"}, [U, A, CALLS, T, A], []),
        # empty turns
        ([U, A, U2, ("assistant", "")], {}, [U, A], [CUT]),
        ([U, A, U2, ("assistant", " \n"), U, A], {}, [U, A], [CUT]),
        ([U, A, ("user", None), A2], {}, [U, A], [CUT]),
        ([U, ("user", ""), A], {}, [U, A], [EMPTY]),
        ([U, ("assistant", None), A], {}, [U, A], [EMPTY]),
        ([U, ("assistant", "\u200b"), A], {}, [U, A], ["invisible characters removed", EMPTY]),
        ([M("user", "", context="text"), A], {}, [M("user", "", context="text"), A], []),
        ([U, CALLS, ("tool", ""), A], {}, [U, CALLS, ("tool", ""), A], []),
        ([U, M("assistant", None, tool_calls=[CALL])], {}, [U, CALLS], []),
        # system turns
        ([U, S, A], {}, [S, U, A], ["system turn moved to the start"]),
        ([S, S2, U, A], {}, [("system", "Be kind.\n\nBe brief."), U, A], ["system turns merged"]),
        ([S, U, A, S2, U2, A2], {}, [("system", "Be kind.\n\nBe brief."), U, A, U2, A2], ["system turns merged"]),
        ([S, U, A, S, U2, A2], {}, [S, U, A, U2, A2], ["system turns merged"]),
        ([S, U, A, S2], {"system": "keep_first"}, [S, U, A], ["later system turns removed"]),
        ([U, S, A], {"system": "keep_first"}, [S, U, A], ["system turn moved to the start"]),
        ([("system", " "), U, A], {}, [U, A], ["empty system turn removed"]),
        ([("system", ""), U, A, S, U2, A2], {}, [S, U, A, U2, A2], ["empty system turn removed", "system turn moved to the start"]),
        ([("system", ""), S, U, A], {"system": "drop"}, [S, U, A], ["empty system turn removed"]),
        # roles
        ([("human", "Hi"), ("gpt", "Hello")], {}, [U, A], []),
        ([(" Human ", "Hi"), ("ChatGPT", "Hello")], {}, [U, A], []),
        ([("developer", "Be kind."), U, M("model", "", tool_calls=(CALL,)), ("observation", "3"), A], {}, [S, U, CALLS, T, A], []),
        ([U, ("narrator", "Night."), A], {"unknown_role": "skip"}, [U, A], ["turn of unknown role skipped: 'narrator'"]),
        ([U, (None, "Night."), A], {"unknown_role": "skip"}, [U, A], ["turn of unknown role skipped: None"]),
    ],
)  # fmt: skip
def test_the_order_of_turns(given, options, expected, notes):
    assert outcome(talk(*given), **options) == (talk(*expected), tuple(notes))


@pytest.mark.parametrize(
    ("given", "options", "reason"),
    [
        ([], {}, "no reply"),
        ([S, U], {}, "no reply"),
        ([A], {}, "no prompt"),
        ([S, A], {}, "no prompt"),
        ([A, U], {}, "no reply"),
        ([A, U], {"first_reply": "keep"}, "no reply"),
        ([A, U, A], {"first_reply": "drop"}, "begins with a reply"),
        ([U, U2, A], {"same_role": "drop"}, "one role twice in a row: user"),
        ([U, A, M(*A2, learn=False)], {"same_role": "drop"}, "one role twice in a row: assistant"),
        ([S, U, A, S2], {"system": "drop"}, "a system turn after the first turn"),
        ([U, S, A], {"system": "drop"}, "a system turn after the first turn"),
        ([U, ("assistant", "")], {}, "empty reply"),
        ([S, ("user", ""), A], {}, "empty prompt"),
        ([U, ("narrator", "Night."), A], {}, "unknown role: 'narrator'"),
        ([U, (None, "?"), A], {}, "unknown role: None"),
        ([U, (["user"], "?"), A], {}, "unknown role: list"),
        ([U, ("x" * 99, "?"), A], {}, "unknown role: '" + "x" * 59 + "..."),
    ],
)
def test_what_no_rule_can_mend(given, options, reason):
    assert repair(talk(*given), **options) == pp.Drop(reason)


def test_plain_text_needs_no_prompt():
    plain = talk(("assistant", "Once upon a time."), meta={"plain": True})
    assert repair(plain) is plain
    assert outcome(talk(("assistant", "a\r\n"), meta={"plain": True}))[0].messages[0].content == "a\n"
    assert repair(talk(("assistant", ""), meta={"plain": True})) == pp.Drop("empty text")
    assert repair(talk(("assistant", "a"), meta={"plain": "yes"})) == pp.Drop("no prompt")
    assert outcome(talk(A, U, A2, meta={"plain": True})) == (talk(U, A2, meta={"plain": True}), (FIRST,))
