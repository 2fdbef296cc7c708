"""Formats recognise their own rows, and no row crashes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe_plugins.formats import Alpaca, Messages, ShareGPT

ROWS = {
    Alpaca: {"instruction": "Write in capitals.", "input": "tiny", "output": "TINY", "category": "case"},
    ShareGPT: {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]},
    Messages: {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]},
}


@pytest.mark.parametrize("made", ROWS, ids=lambda made: made.__name__)
def test_each_recognises_its_own_rows_and_no_other(made):
    assert [other for other, row in ROWS.items() if made().matches(row)] == [made]


def test_an_alpaca_row():
    conversation = Alpaca()(ROWS[Alpaca])
    assert conversation.messages == (
        pp.Message("user", "Write in capitals.", "tiny"),
        pp.Message("assistant", "TINY"),
    )
    assert conversation.category == "case"


def test_a_chat_of_roles_under_conversations_is_messages():
    row = {"conversations": ROWS[Messages]["messages"]}
    assert Messages().matches(row) and not ShareGPT().matches(row)
    assert [message.role for message in Messages()(row).messages] == ["user", "assistant"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
turn = st.fixed_dictionaries(
    {}, optional={key: st.sampled_from(["human", "gpt", "user", "assistant", "system", "tool", ""]) | anything for key in ("from", "role", "value", "content", "weight", "tool_calls")}
)  # fmt: skip
keys = ("instruction", "input", "output", "conversations", "messages", "category")
rows = st.fixed_dictionaries({}, optional={key: st.lists(turn, max_size=3) | anything for key in keys})


@pytest.mark.parametrize("made", ROWS, ids=lambda made: made.__name__)
@given(row=rows)
def test_no_row_crashes_a_format(made, row):
    made().matches(row)
    assert isinstance(made()(row), pp.Conversation | pp.Drop)
