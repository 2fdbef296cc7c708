"""The page about formats shows each of them, and what becomes of its row."""

import inspect
import json
import re

import pytest

import pitchpipe as pp
from pitchpipe_components.formats import FORMATS
from tests.documents import ROOT

PAGE = (ROOT / "docs/formats.md").read_text("utf-8")
SHOWN = re.findall(r"^\| `(\w+)` \| `(\{.*\})` \| (.*) \|$", PAGE, flags=re.M)


def written(made):
    """A conversation as the page writes it."""
    said = []
    for message in made.messages + ((pp.replace(made.rejected, role="rejected"),) if made.rejected else ()):
        text = message.content + (f" (about: {message.context})" if message.context else "")
        said.append(f"{message.role}: {text or 'calls ' + message.tool_calls[0]['function']['name']}")
    return " / ".join(said)


@pytest.mark.parametrize(("name", "row", "becomes"), SHOWN, ids=[name for name, _, _ in SHOWN])
def test_a_row_of_the_docs_becomes_what_they_say(name, row, becomes):
    row = json.loads(row)
    made = FORMATS[name]()(row)
    assert written(made[0] if isinstance(made, list) else made) == becomes
    counts = {other: made().matches(row) for other, made in FORMATS.items()}
    assert [other for other, count in counts.items() if count == max(counts.values())] == [name]


def test_the_docs_show_every_format():
    assert {name for name, _, _ in SHOWN} == set(FORMATS) - {"oasst_messages"}
    assert "`oasst_messages` reads" in PAGE


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_explained_by_an_example(name):
    line = inspect.getdoc(FORMATS[name]).partition("\n")[0]
    assert line.startswith('{"') and line.endswith("}")
    if "..." not in line:
        row = json.loads(line)
        assert max(FORMATS, key=lambda other: FORMATS[other]().matches(row)) == name
