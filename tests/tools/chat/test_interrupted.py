"""Ctrl-C in a chat: while an answer streams, at the prompt, while the model is loaded."""

import re

import pytest

from tests.tools.chat.terminal import Terminal

pytestmark = pytest.mark.slow(seconds=20)


def test_ctrl_c_stops_an_answer_that_streams(processes, home):
    """What is seen of it before is seen while the model writes."""
    chat = Terminal(processes, home, "chat", "runs/one", "--base", slow=True)
    head = chat.prompt()
    assert "the base of runs/one; float32" in head
    chat.press("Say it.\r")
    seen = chat.until(r"[a-z]{3} ")
    chat.press("\x03")
    rest = chat.prompt()
    count = int(
        re.search(r"\(stopped after (\d+) tokens; what was said stays, /undo takes it back\)", rest)[1]
    )
    assert 0 < count < 400 and seen
    assert f"the last answer: {count} tokens" in chat.say("/stats")
    assert "this is the base" in chat.say("/base")
    chat.press("abc\x03")
    chat.prompt()
    chat.press("\x03")
    assert chat.left() == 0


def test_ctrl_c_while_it_loads_is_quiet(processes, home):
    chat = Terminal(processes, home, "chat", "runs/one")
    chat.until("loading runs/one")
    chat.press("\x03")
    assert chat.left() == 130
