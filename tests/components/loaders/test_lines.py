"""Plain text is a row a line."""

from tests.components.loaders.kinds import put, read


def test_text_is_a_row_a_line(tmp_path):
    found = read(put(tmp_path / "rows.txt", b"one\r\n\n  two\n[3] \xff"))
    assert [(row.line, row.data["text"]) for row in found] == [(1, "one"), (3, "  two"), (4, "[3] \ufffd")]
    assert found[2].notes == ("invalid UTF-8 replaced",)
