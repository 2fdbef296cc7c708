"""A broken element of a list costs no other element."""

import json

import pytest

from pitchpipe_components.files.compression import BLOCK
from pitchpipe_components.loaders import Files
from tests.components.loaders.kinds import TEXTS, data, put, read

BREAKS = {
    "a quote too many": lambda text: text.replace("word 7 ", 'word "7 '),
    "two quotes too many": lambda text: text.replace("word 7 ", 'word "7" '),
    "no bracket at its end": lambda text: text.replace('word 7 end"}', 'word 7 end"').replace(
        'word 7 end"\n', 'word 7 end" {\n'
    ),
    "a bracket too many": lambda text: text.replace('word 7 end"}', 'word 7 end"}}').replace(
        'word 7 end"\n', 'word 7 end"}\n'
    ),
    "a list not closed": lambda text: text.replace('word 7 end"', 'word 7 end", "more": [1, 2'),
    "a word": lambda text: text.replace('"word 7 end"', "word"),
    "no value": lambda text: text.replace('"word 7 end"', ""),
}


@pytest.mark.parametrize("shape", ["json", "pretty.json", "one_a_line.json", "data.json"])
@pytest.mark.parametrize("break_it", BREAKS)
@pytest.mark.parametrize("size", [1, 400])
def test_a_broken_element_costs_no_other(tmp_path, break_it, shape, size):
    """In small files, and in those of several parts."""
    rows = [{"id": i, "text": "x" * (i % 7) * size, "output": f"word {i} end"} for i in range(6 * size + 30)]
    content = BREAKS[break_it](TEXTS[shape](rows))
    assert content != TEXTS[shape](rows)
    found = read(put(tmp_path / "rows.json", content))
    good = [row.data["id"] for row in found if not row.error]
    assert len(good) >= len(rows) - 2 and {*range(len(rows))} - {*good} <= {7, 8}
    bad = [row for row in found if row.error]
    assert len(bad) == 1 and bad[0].data
    assert "pretty" not in shape or content.split("\n")[bad[0].line - 1].strip()[0] in "{}"


def test_a_quote_too_many_leaves_the_parts_small(tmp_path):
    """In a file of one line every quote after it opens what it should close: that is no reason to read on and on."""
    rows = [{"id": i, "text": f"word {i} end" + "x" * 2000} for i in range(6000)]
    path = put(tmp_path / "rows.json", json.dumps(rows).replace("word 7 ", 'word "7 '))
    assert sum(bool(row.error) for row in read(path)) == 1
    sizes = [part.text.end - part.text.start for part in Files(path).parts()]
    assert len(sizes) > 4 and max(sizes) <= 2 * BLOCK


def test_commas_too_many_or_too_few_between_elements(tmp_path):
    assert data(read(put(tmp_path / "a.json", '[{"a": 1} {"a": 2},,{"a": 3},]'))) == [
        {"a": 1},
        {"a": 2},
        {"a": 3},
    ]


@pytest.mark.parametrize(
    ("text", "good", "reason"),
    [
        ('[{"a": 1},\n{"a": 2},\n{"a": "cut', 2, "the file ends inside this value"),
        ('[{"a": 1},\n{"a": 2}', 2, "the list has no end"),
        ('[{"a": 1},\n{"a": 2},\n', 2, "the list has no end"),
        ('[{"a": 1}]\nthe end', 1, "the list ends on line 1, and this follows"),
        ('{"data": [{"a": 1},\n{"a": 2},{"a"', 2, "the file ends inside this value"),
        ('{"version": 1, "examples": [{"a": 1},\n{"a": 2},{"a"', 2, "the file ends inside this value"),
        ('{"version": 1,\n "name": "cut', 0, "the file ends inside this value"),
        ('{"a": {"b": 1,\n "name": 2}, }', 0, "not JSON"),
    ],
)
def test_a_list_that_does_not_end_as_it_should(tmp_path, text, good, reason):
    found = read(put(tmp_path / "rows.json", text), kind="json")
    assert [row.data for row in found[:-1]] == [{"a": 1}, {"a": 2}][:good]
    assert reason in found[-1].error


@pytest.mark.parametrize("end", ["", "]"])
def test_elements_that_follow_their_lists_end_are_read(tmp_path, end):
    found = read(put(tmp_path / "rows.json", '[{"a": 1}]\n{"a": 2}' + end), kind="json")
    assert [row.data for row in found if not row.error] == [{"a": 1}, {"a": 2}]
    assert [row.error for row in found if row.error] == [
        "not JSON: the list ends on line 1, and elements follow"
    ]
