"""`pitchpipe ask` in pipes: the answer and nothing else on standard output."""

import json
import os

import pytest

from tests.parrot_run import QUESTION, REPLY

pytestmark = pytest.mark.slow(seconds=15)
# Standard input, output and errors of a child that was forked, as a shell would set them.
PIPES = """
import os
for file, name, how in ((0, {stdin!r}, os.O_RDONLY), (1, "out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), (2, "err", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)):
    opened = os.open(name, how)
    os.dup2(opened, file)
    os.close(opened)
"""
CLOSED = """
import sys
sys.stdin.close(); sys.stdin = None; os.close(0)
"""


@pytest.fixture
def ask(processes, home):
    def asked(*arguments, stdin=None, model="runs/one"):
        (home / "in").write_bytes(stdin.encode() if isinstance(stdin, str) else stdin or b"")
        before = PIPES.format(stdin="in") + (CLOSED if stdin is None else "")
        code = processes.start(home, "ask", model, *arguments, before=before).wait()
        return code, (home / "out").read_bytes().decode(), (home / "err").read_text()

    return asked


def test_an_answer_and_nothing_else(ask):
    assert ask(QUESTION) == (0, REPLY + "\n", "")
    assert ask(stdin=QUESTION + "\n") == (0, REPLY + "\n", "")
    assert ask("Say", "-", stdin="it.")[0] == 0
    assert ask("-", stdin=QUESTION) == (0, REPLY + "\n", "")


def test_an_object_for_each_answer(ask):
    code, out, err = ask(QUESTION, "--json")
    found = json.loads(out)
    assert (code, err, found["answer"], found["ended"]) == (0, "", REPLY, True)
    assert set(found) == {"answer", "ended", "tokens", "prompt_tokens"}
    code, out, _ = ask(
        QUESTION, "--json", "-n", "3", "--temperature", "2", "--seed", "5", "--max-new-tokens", "9"
    )
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["seed"] for row in rows] == [5, 6, 7] and len({row["answer"] for row in rows}) > 1
    again = ask(QUESTION, "--json", "-n", "3", "--temperature", "2", "--seed", "5", "--max-new-tokens", "9")
    assert again[1] == out


def test_lines_are_answered_in_their_order(ask):
    lines = f"{QUESTION}\n\n{'a b ' * 300}\nSo be it\n{QUESTION}\n"
    code, out, err = ask("--lines", "--batch-size", "2", "--max-new-tokens", "60", stdin=lines)
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["line"] for row in rows] == [1, 3, 4, 5]
    assert (rows[0]["answer"], rows[3]["answer"]) == (REPLY, REPLY)
    assert rows[0]["prompt"] == QUESTION and "reads 512" in rows[1]["error"]
    assert (code, err) == (1, "1 line has no answer\n")


def test_messages_are_a_conversation(ask):
    said = [{"role": "system", "content": "Be."}, {"role": "user", "content": QUESTION}]
    code, out, _ = ask("--messages", "--json", stdin=json.dumps(said))
    assert code == 0 and json.loads(out)["prompt_tokens"] > 30
    lines = "\n".join([json.dumps(said), "{}", json.dumps({"messages": said[1:]})])
    code, out, _ = ask("--messages", "--lines", stdin=lines)
    assert code == 1
    assert ["error" in json.loads(line) for line in out.splitlines()] == [False, True, False]


def test_an_answer_that_is_cut_is_told_beside_it(ask):
    code, out, err = ask("Go on.", "--base", "--max-new-tokens", "5")
    assert code == 0 and out.strip()
    assert err == "cut at 5 tokens, the most of an answer: --max-new-tokens\n"


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        ((), None, "standard input is closed"),
        ((), " \n", "the prompt is empty"),
        (("--lines",), "", "standard input is empty"),
        (("--lines", "Hi"), "x", "leave PROMPT out"),
        (("Hi", "-n", "2"), "", "add --json"),
        (("Hi", "-n", "2", "--json"), "", "always answers the same"),
        (("--messages",), "[1", "no JSON"),
        (("--messages",), '[{"role": "assistant", "content": "x"}]', "nothing is asked"),
        (("--messages",), '[{"role": "tool", "content": "x"}]', "message 1 needs a role of"),
    ],
)
def test_mistakes_say_what_is_wrong(ask, arguments, stdin, words):
    code, out, err = ask(*arguments, stdin=stdin)
    assert (code, out) == (2, "")
    assert words in err and "Traceback" not in err


@pytest.mark.parametrize("arguments", [("--lines", "--batch-size", "2"), ("Go on.", "--base")])
def test_a_reader_that_has_seen_enough(processes, home, arguments):
    """A pipe that is closed ends it without a word, in the midst of an answer too."""
    (home / "in").write_text("Hi\n" * 40)
    (home / "pipe").unlink(missing_ok=True)
    os.mkfifo(home / "pipe")
    before = PIPES.format(stdin="in").replace(
        '"out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC', '"pipe", os.O_WRONLY'
    )
    child = processes.start(home, "ask", "runs/one", *arguments, before=before)
    with open(home / "pipe") as pipe:
        assert pipe.read(5)
    assert child.wait() == 141
    assert (home / "err").read_text() == ""
