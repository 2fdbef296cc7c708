"""A line or an element in bad shape is mended with a note, or says why not."""

import pytest

from tests.components.loaders.kinds import data, put, read

MENDED = {
    '{"a": NaN, "b": -Infinity, "c": 1e999}': (
        [{"a": None, "b": None, "c": None}],
        ("NaN read as null", "Infinity read as null"),
    ),
    r'{"a": "\ud800 \ud83d\ude00 \\ud800"}': ([{"a": "\ufffd 😀 \\ud800"}], ("lone surrogate replaced",)),
    r'{"a": "\ude00\ud83d"}': ([{"a": "\ufffd\ufffd"}], ("lone surrogate replaced",)),
    b'{"a": "\xff\xfe"}': ([{"a": "\ufffd\ufffd"}], ("invalid UTF-8 replaced",)),
    '{"a": 1},': ([{"a": 1}], ("comma after the object dropped",)),
    '{"a": 1}{"a": 2} {"a": 3}': ([{"a": 1}, {"a": 2}, {"a": 3}], ("several objects on one line",)),
    '{"a": 1},{"a": 2}': ([{"a": 1}, {"a": 2}], ("several objects on one line",)),
    '\ufeff{"a": 1}': ([{"a": 1}], ()),
    '{"a": "tab\there"}': ([{"a": "tab\there"}], ("control character in a string kept",)),
}
KEPT = {
    r'{"a": "\u0000"}': {"a": "\0"},
    '{"a": 123456789012345678901234567890}': {"a": 123456789012345678901234567890},
    '{"a": 1, "a": 2}': {"a": 2},
    ' \t{"a": "\u2028"}\r': {"a": "\u2028"},
}


@pytest.mark.parametrize("text", MENDED)
def test_a_line_is_mended_with_a_note(tmp_path, text):
    line = text if isinstance(text, bytes) else text.encode()
    found = read(put(tmp_path / "rows.jsonl", b'{"first": 1}\n' + line + b'\r\n\r\n{"last": 1}'))
    expected, notes = MENDED[text]
    assert data(found) == [{"first": 1}, *expected, {"last": 1}]
    assert {row.notes for row in found[1:-1]} == {notes}
    assert [row.line for row in found] == [1, *[2] * len(expected), 4]


@pytest.mark.parametrize(
    "text", [text for text in MENDED if len(MENDED[text][0]) == 1 and "comma" not in str(MENDED[text])]
)
def test_an_element_is_mended_with_the_same_note(tmp_path, text):
    element = text.removeprefix("\ufeff").encode() if isinstance(text, str) else text
    found = read(put(tmp_path / "rows.json", b'[{"a": 1},\n' + element + b',\n{"a": 9}]'))
    expected, notes = MENDED[text]
    assert data(found) == [{"a": 1}, *expected, {"a": 9}]
    assert [(row.line, row.notes) for row in found] == [(1, ()), (2, notes), (3, ())]


@pytest.mark.parametrize("text", KEPT)
def test_what_is_unusual_is_kept(tmp_path, text):
    found = read(put(tmp_path / "rows.jsonl", text + '\n{"b": 1}\n'))
    assert data(found) == [KEPT[text], {"b": 1}] and not found[0].notes


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": "cut', "not JSON: Unterminated string"),
        ("{'a': 1}", "not JSON: Expecting property name"),
        ("nonsense", "not JSON"),
        ("[" * 100_000, "nested too deep"),
        ('{"a": ' * 5000 + "1" + "}" * 5000, "nested too deep"),
        ('{"a": ' + "1" * 5000 + "}", "not JSON: Exceeds the limit"),
    ],
)
def test_an_unreadable_line_says_why_and_keeps_its_text(tmp_path, text, reason):
    found = read(put(tmp_path / "rows.jsonl", f'{{"a": 1}}\n{text}\n{{"b": 1}}\n'))
    assert [row.line for row in found] == [1, 2, 3]
    assert reason in found[1].error and found[1].data == text[: 1 << 16]
    assert [found[0].data, found[2].data] == [{"a": 1}, {"b": 1}]


def test_what_follows_an_object_on_its_line_is_not_lost(tmp_path):
    found = read(put(tmp_path / "rows.jsonl", '{"b": 1}\n{"a": 1}} rest\n'))
    assert [row.data for row in found] == [{"b": 1}, {"a": 1}, "} rest"]
    assert found[2].error and found[1].notes == ("several objects on one line",)
