"""No row crashes a format, and nothing that a row says is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe import Conversation
from pitchpipe_components.formats import FORMATS
from tests.components.formats.published import CASES, anything, rows, without_notes


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_no_row_crashes_a_format(name, data):
    published = [row for other, row, _ in CASES if other == name]
    row = data.draw(st.sampled_from(published)) | data.draw(rows)
    format = FORMATS[name]()
    assert type(format.matches(row)) is int
    before = repr(row)
    results = without_notes(format(row))
    for result in results if isinstance(results, list) else [results]:
        assert isinstance(result, pp.Conversation | pp.Drop)
    assert repr(row) == before, "a format changed its row"


@pytest.mark.parametrize(
    "name", [name for name in FORMATS if name not in ("super_ni", "self_instruct", "oasst", "oasst_messages")]
)
@given(extra=st.dictionaries(st.text(max_size=6).map(lambda key: "x_" + key), anything, max_size=4))
@settings(max_examples=20, deadline=None)
def test_whatever_else_a_row_says_is_in_meta(name, extra):
    row, expected = next(
        (row, made) for other, row, made in CASES if other == name and isinstance(made, Conversation)
    )
    made = FORMATS[name]()(row | extra)
    assert repr({key: made.meta[key] for key in extra}) == repr(extra)
    assert made.messages == expected.messages


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=4))
def test_a_chat_survives_every_way_of_writing_it(pairs):
    expected = [text for pair in pairs for text in pair]
    for name, row in {
        "messages": {"messages": [{"role": r, "content": t} for pair in pairs for r, t in zip(("user", "assistant"), pair, strict=True)]},
        "sharegpt": {"conversations": [{"from": r, "value": t} for pair in pairs for r, t in zip(("human", "gpt"), pair, strict=True)]},
        "pairs": {"conversation": [{"human": q, "assistant": a} for q, a in pairs]},
        "ultrachat": {"data": expected},
        "query_response": {"query": pairs[-1][0], "response": pairs[-1][1], "history": [list(pair) for pair in pairs[:-1]]},
        "openai_preference": {
            "input": {"messages": [{"role": "user", "content": text} for text in expected[:-1]]},
            "preferred_output": [{"role": "assistant", "content": expected[-1]}], "non_preferred_output": [{"role": "assistant", "content": ""}],
        },
    }.items():  # fmt: skip
        made = FORMATS[name]()(row)
        assert [message.content for message in made.messages] == expected, name
