"""What is sound between broken or mended elements is read in runs, to the very rows that it holds."""

import json

import pytest

from pitchpipe_components.files.json_runs import WINDOW, SoundRuns
from tests.components.loaders.kinds import put, read

ROWS = [
    {
        "id": i,
        "text": f'"{i}" ]}}, {{"id": ' + "word " * (i % 9),
        "replies": [{"id": -i, "text": "x"}] * (i % 3),
    }
    for i in range(12000)
]
ODD = {
    "mended number": ('"text": "', '"score": NaN, "text": "'),
    "half a character": ('"text": "', '"text": "\\ud83d'),
    "raw control character": ('"text": "', '"text": "\x01'),
    "no value": ('"text": "', '"score": , "text": "'),
}


def test_a_run_ends_before_the_element_with_the_error():
    block = b'{"id": 1}, {"id": 2},\n{"id": NaN}, {"id": 4}, {"id": 5}'
    runs = SoundRuns(block, b'{"id"')
    elements, end = runs.after(0)
    assert [bytes(one) for one in elements] == [b'{"id": 1}', b'{"id": 2}'] and end == block.index(
        b'{"id": N'
    )
    assert runs.after(end) == ([], end)


def test_tries_that_find_nothing_become_rare():
    block = b'{"id": NaN}, ' * 5000
    runs = SoundRuns(block, b'{"id"')
    tried = [at for at in range(0, len(block), 13) if runs.after(at) == ([], at) and not runs._wait]
    assert len(tried) < 5000 / 20


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("every", [2, 7, 5000])
def test_odd_elements_cost_and_shift_no_other(tmp_path, odd, indent, every):
    """In several parts, each many runs long, and with elements that hold their like.

    A broken element that holds its like ends there, so that case has none.
    """
    rows = ROWS[: 3000 if every == 2 else 12000]
    rows = [row | {"replies": []} for row in rows] if odd == "no value" else rows
    texts = [json.dumps(row, indent=indent) for row in rows]
    texts = [text.replace(*ODD[odd], 1) if i % every == 0 else text for i, text in enumerate(texts)]
    content = "[" + ",\n".join(texts) + "]" if indent else "[" + ", ".join(texts) + "]"
    assert len(content) > WINDOW
    found = read(put(tmp_path / "rows.json", content))
    by_place = {row.line: row for row in found}
    begin = 1
    for number, (row, text) in enumerate(zip(rows, texts, strict=True), 1):
        got = by_place[begin if indent else number]
        assert got.error or got.notes if (number - 1) % every == 0 else got.data == row
        begin += text.count("\n") + 1
    assert len(found) == len(by_place) == len(rows)
