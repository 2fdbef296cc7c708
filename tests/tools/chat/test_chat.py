"""`pitchpipe chat` in a real terminal."""

import re

import pytest

from tests.parrot_run import QUESTION, REPLY
from tests.tools.chat.terminal import Terminal

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
        chat = request.getfixturevalue("chat")
        chat.say("/clear")
        chat.say("/system -")


def test_three_lines_say_who_speaks(chat):
    lines = [line for line in chat.head.split("\n") if line and "loading" not in line]
    assert lines[0] == "runs/one, tuned, whole; float32 on cpu; it reads 512 tokens"
    assert lines[1].startswith("template chatml, answers end with ")
    assert "<|im_end|>" in lines[1] and lines[1].endswith("; greedy, at most 1,024 tokens")
    assert lines[2] == "/help lists the commands; Ctrl-C stops an answer, Ctrl-D ends"


def test_an_answer_of_any_letters(chat):
    assert chat.say(QUESTION) == REPLY


def test_pasted_lines_are_one_message(chat):
    chat.press("\x1b[200~first line\nsecond 日本\n\n  fourth\x1b[201~")
    chat.until("fourth")
    chat.say("")
    assert_peeked(chat, "first line\nsecond 日本\n\n  fourth")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["one \\", "two\\", "three"], "one \ntwo\nthree"),
        (['"""', "one", "", "  two", '"""'], "one\n\n  two"),
        (['"""one', 'two"""'], "one\ntwo"),
        (["//help me"], "/help me"),
        ([" /help me"], "/help me"),
    ],
)
def test_a_message_of_many_lines(chat, typed, meant):
    *lines, last = typed
    for line in lines:
        chat.press(line + "\r")
        chat.until(r"\. ")
    chat.say(last)
    assert_peeked(chat, meant)


def assert_peeked(chat, question, system=""):
    """The tokens on the screen are those of the renderer, and those behind them the model's."""
    from pitchpipe.records.conversation import Conversation, Message

    said = [Message("system", system)] if system else []
    prompt = renderer().next_prompt(Conversation((*said, Message("user", question))))
    shown = [int(token) for token in re.findall(r"\S+\s+(\d+)(?:\s+stop)?(?=\s|$)", chat.say("/peek"))]
    assert shown[: len(prompt)] == prompt
    return shown[len(prompt) :]


def renderer():
    from pitchpipe_components.models import Tiny
    from pitchpipe_components.templates import DATA
    from pitchpipe_stages.render.renderer import Renderer
    from pitchpipe_stages.render.writer import writer_of

    return Renderer(writer_of(DATA["chatml"]), Tiny().tokenizer())


def test_peek_shows_the_very_tokens(chat):
    from pitchpipe_components.models import Tiny

    chat.say(QUESTION)
    wrote = assert_peeked(chat, QUESTION)
    reply = Tiny().tokenizer()(REPLY, add_special_tokens=False)["input_ids"]
    stop = renderer().control["<|im_end|>"]
    counts = [len(reply) + 1]
    assert wrote[: len(reply) + 1] == [*reply, stop]
    assert f"{counts[0]} that the model wrote" in chat.say("/peek")


def test_the_base_is_asked_the_same(chat):
    assert chat.say(QUESTION) == REPLY
    said = chat.say("/base")
    assert "\nthe base:\n" in said and REPLY not in said
    assert "1 answers" in chat.say("/stats")


def test_the_system_message_and_what_is_taken_back(chat):
    assert "no system message. /system TEXT" in chat.say("/system")
    assert "is set" in chat.say("/system Be brief: 日本.")
    assert chat.say("/system") == "Be brief: 日本."
    chat.say(QUESTION)
    assert_peeked(chat, QUESTION, "Be brief: 日本.")
    assert f"taken back: {QUESTION}" in chat.say("/undo")
    assert "nothing was said yet" in chat.say("/undo")
    assert "nothing was said yet" in chat.say("/peek")


def test_a_second_try_has_another_seed(chat):
    chat.say(QUESTION)
    first = chat.say("/retry")
    assert "greedy answers are always the same" in first
    seed = re.search(r"seed (\d+)", first)[1]
    assert f"seed {seed}" in chat.say(f"/retry {seed}")
    assert "a seed is a number" in chat.say("/retry x")
    assert "1 answers" in chat.say("/stats")


def test_what_is_no_command_is_told(chat):
    assert "no command /peeks. Did you mean '/peek'?" in chat.say("/peeks")
    assert "begins so with //home/x" in chat.say("/home/x")
    for name in ("/base", "/retry [SEED]", "/system [TEXT]", "/undo", "/clear", "/save [FILE]", "/peek"):
        assert f"  {name} " in chat.say("/help")


def test_a_full_context_is_told_and_nothing_is_left_out(chat):
    long = "a b " * 130
    said = chat.say(QUESTION)
    assert said == REPLY
    assert re.search(r"has \d+ tokens, and the model reads 512: no room.*not sent", chat.say(long))
    assert "1 answers" in chat.say("/stats")
