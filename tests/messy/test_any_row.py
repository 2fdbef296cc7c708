"""Whatever a row holds, every format accounts for it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitchpipe import Row
from pitchpipe_stages.data.read import Reader
from pitchpipe_stages.data.sections import LOADERS
from pitchpipe_stages.data.shards import Base
from pitchpipe_stages.data.source import RowBatch
from tests.messy.good import GOOD, host, recipe

WORDS = [
    *(
        "",
        " ",
        "nan",
        "\x00",
        "\ud800",
        "\udc00 b",
        "caf\u00c3\u00a9",
        "&amp;<br>",
        "\u200b",
        "\r\n",
        "x" * 500,
        "[",
        "{",
        "[]",
        "{}",
    ),
    *("user", "human", "assistant", "gpt", "system", "tool", "narrator", "prompter", "True", "N/A", "1"),
    *(
        "\n\nHuman: Hi\n\nAssistant: Yo",
        "USER: Hi\n\n\nASSISTANT: <functioncall> {",
        "FUNCTION RESPONSE: 4",
        "<|endoftext|>",
    ),
    *(
        '[{"name": "add", "arguments": {"a": 1}}]',
        '{"name": "add"}',
        '[{"role": "user", "content": "Hi"}]',
        "[" * 600,
    ),
]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.integers(2**62, 2**66),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(WORDS),
)
KEYS = st.one_of(
    st.sampled_from(
        sorted(
            set(re.findall(r'"(\w+)": ', json.dumps(GOOD)))
            | {"tool_calls", "weight", "plain", "turns", "id", "cot"}
        )
    ),
    st.sampled_from(WORDS),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)
DEEP: list[Any] = []
for _ in range(2000):
    DEEP = [DEEP]


@st.composite
def spoilt_row(draw: st.DrawFn, value: Any) -> Any:
    """A good value with some of its parts gone, others replaced by anything, and keys that nobody asked for."""
    if draw(st.integers(0, 7)) == 0:
        return draw(VALUES)
    if isinstance(value, dict):
        kept = {key: draw(spoilt_row(each)) for key, each in value.items() if draw(st.integers(0, 15))}
        return kept | draw(st.dictionaries(KEYS, VALUES, max_size=2))
    if isinstance(value, list):
        return [
            draw(spoilt_row(each)) for each in value for _ in range(draw(st.sampled_from([0, 1, 1, 1, 1, 2])))
        ]
    return value


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Reader]]:
    folder = tmp_path_factory.mktemp("readers")
    (folder / "rows.jsonl").write_text("")
    made = {}
    for name in GOOD:
        whole = recipe(folder, "rows.jsonl", f"format: {name}")
        (source,) = whole[LOADERS]
        made[name] = Reader(source, source.format, whole)
    yield made


def assert_accounted(base: Base, rows: int) -> None:
    assert base.read == rows <= len(base.conversations)
    assert set(base.refused) == {index for index, one in enumerate(base.conversations) if one is None}
    assert all(refused.reason and json.loads(refused.line)["reason"] for refused in base.refused.values())
    for conversation in base.alive().values():
        written = msgspec.json.encode(conversation)
        assert msgspec.json.decode(written, type=type(conversation)).id == conversation.id
        assert msgspec.msgpack.encode(conversation)
        assert all(
            message.role in ("system", "user", "assistant", "tool") for message in conversation.messages
        )


@pytest.mark.parametrize("format", sorted(GOOD))
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_every_format_accounts_for_any_row(
    readers: dict[str, Reader], format: str, data: st.DataObject
) -> None:
    rows = data.draw(
        st.lists(
            st.one_of(spoilt_row(GOOD[format]), st.dictionaries(KEYS, VALUES, max_size=4)),
            min_size=1,
            max_size=3,
        )
    )
    base = readers[format].base(
        RowBatch([Row(row, "rows.jsonl", number) for number, row in enumerate(rows, 1)])
    )
    assert_accounted(base, len(rows))


@pytest.mark.parametrize("format", sorted(GOOD))
def test_every_format_accounts_for_what_is_deep_or_not_of_json(
    readers: dict[str, Reader], format: str
) -> None:
    odd = [
        DEEP,
        {1: 2},
        {"a", "b"},
        b"\xff",
        object(),
        float("nan"),
        10**400,
        {None: "a"},
        {(1, 2): 3},
    ]
    rows = [GOOD[format] | {key: value} for value in odd for key in (*GOOD[format], "more")]
    base = readers[format].base(
        RowBatch([Row(row, "rows.jsonl", number) for number, row in enumerate(rows, 1)])
    )
    assert_accounted(base, len(rows))


def test_every_format_that_is_built_in_is_here() -> None:
    assert {
        component.name for component in host().all("format") if component.plugin.name == "formats"
    } == GOOD.keys()
