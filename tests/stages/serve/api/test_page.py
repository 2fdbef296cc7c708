"""The tables of docs/api.md name what the code takes and refuses, each with the code's own words."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pitchpipe_stages.serve.api.checking import described
from pitchpipe_stages.serve.api.parameters import ChatParameters, TextParameters
from pitchpipe_stages.serve.api.unsupported import CHAT, HARMLESS, TEXT

PAGE = Path(__file__).parents[4] / "docs" / "api.md"


def asked() -> Iterator[str]:
    chat, text = described(ChatParameters), described(TextParameters)
    for name in [*chat, *(name for name in text if name not in chat)]:
        where = "" if name in chat and name in text else " (chats)" if name in chat else " (completions)"
        words = [text[name]] if name not in chat else [chat[name]]
        if name in chat and name in text and chat[name] != text[name]:
            words = [f"of chats {chat[name]}", f"of completions {text[name]}"]
        yield f"| `{name}`{where} | {'. '.join(words)} |"


def harmless() -> Iterator[str]:
    yield from (f"| `{name}` | {words} |" for name, words in HARMLESS.items())


def refused() -> Iterator[str]:
    for name, what in {**CHAT, **TEXT, **CHAT}.items():
        where = "" if name in CHAT and name in TEXT else " (chats)" if name in CHAT else " (completions)"
        idle = ", ".join(f"`{json.dumps(value)}`" for value in what.idle)
        yield f"| `{name}`{where} | {idle} | {what.cure} |"


@pytest.mark.parametrize("table", [asked, harmless, refused])
def test_the_table_is_that_of_the_code(table):
    mark = f"<!-- checked by tests/stages/serve/api/test_page.py: {table.__name__} -->\n"
    shown = PAGE.read_text("utf-8").partition(mark)[2].partition("\n\n")[0].splitlines()[2:]
    assert shown == list(table())


def test_every_code_of_an_error_is_a_status_of_the_page():
    rooms = Path(__file__).parents[4] / "plugins" / "pitchpipe_stages" / "serve" / "api"
    raised = {
        code for file in rooms.glob("*.py") for code in re.findall(r"Declined\(\s*(\d{3})", file.read_text())
    }
    page = PAGE.read_text("utf-8").partition("| status |")[2]
    assert raised - {"499"} <= set(re.findall(r"\d{3}", page)), raised
