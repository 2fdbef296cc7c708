"""`pitchpipe chat` in a real terminal."""

import pytest

from tests.tools.chat.terminal import QUESTION, REPLY, Terminal

pytestmark = pytest.mark.slow(seconds=25)


@pytest.fixture(scope="module")
def chat(processes, home):
    """A chat that all tests share which leave it as it was."""
    terminal = Terminal(processes, home, "chat", "runs/one")
    terminal.head = terminal.prompt()
    yield terminal
    assert terminal.end() == 0


@pytest.fixture(autouse=True)
def anew(request):
    yield
    if "chat" in request.fixturenames:
        request.getfixturevalue("chat").say("/clear")


def test_three_lines_say_who_speaks(chat):
    lines = [line for line in chat.head.split("\n") if line and "loading" not in line]
    assert lines[0] == "runs/one, tuned, an adapter on its base; float32 on cpu; it reads 512 tokens"
    assert lines[1].startswith("template chatml, answers end with ")
    assert "<|im_end|>" in lines[1] and lines[1].endswith("; greedy, at most 1,024 tokens")
    assert lines[2] == "/help lists the commands; Ctrl-C stops an answer, Ctrl-D ends"


def test_an_answer_of_any_letters(chat):
    assert chat.say(QUESTION) == REPLY


def test_x(chat):
    for line in (QUESTION, "/peek", "/base", "/retry", "/stats", "/save", "/help", "/nope"):
        print(chat.say(line))
    assert 0
