"""What `pitchpipe generate` shows while it works: in a real terminal, and in a file."""

import os
import re
import sys
from collections import Counter
from io import StringIO

import pexpect
import pytest
from rich.cells import cell_len
from rich.console import Console

from pitchpipe_tools.generate.drawn import drawn, facts
from pitchpipe_tools.generate.state import AtWork, InFlight, Moment, Yielded
from tests.bad_server import bad_server

RECIPE = """\
teachers:
  writer: {{openai: {{url: "{url}", model: tutor, concurrency: {at_once}, dollars_per_million: {{input: 100, output: 1000}}}}}}
budget: {{dollars: 5}}
generators:
  - answers: {{teacher: writer, seeds: seeds.jsonl, max_tokens: 64}}
loaders: [generated]
"""
CODES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
QUESTIONS = 24


@pytest.fixture
def server():
    with bad_server(key="", slow=0.1) as server:
        yield server


def written(project, server, at_once=2):
    rows = [{"instruction": f"Say {n}."} for n in range(QUESTIONS)]
    return project({"recipe.yaml": RECIPE.format(url=server.url, at_once=at_once), "seeds.jsonl": rows})


def terminal(here, width, *options):
    """The command in a terminal of so many columns."""
    environment = {**os.environ, **here.environment, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    environment.pop("COLUMNS")
    return pexpect.spawn(
        sys.executable, ["-m", "pitchpipe", "generate", "recipe.yaml", *options],
        cwd=str(here.folder), env=environment, dimensions=(30, width), encoding="utf-8", timeout=60,
    )  # fmt: skip


def lines(text):
    return [line.rstrip() for line in CODES.sub("", text).replace("\r", "\n").split("\n")]


@pytest.mark.slow(seconds=5)
@pytest.mark.parametrize("width", [60, 200])
def test_the_screen_shows_what_flies_what_is_done_and_what_it_costs(project, server, width):
    program = terminal(written(project, server), width)
    shown = ""
    program.expect(r"2 in flight")
    shown += program.before + program.after
    program.expect(pexpect.EOF)
    shown += program.before
    program.close()
    assert program.exitstatus == 0
    said = CODES.sub("", shown)
    assert re.search(rf"\d+ of {QUESTIONS} sources", said) and re.search(r"\$0\.\d+ of \$5", said)
    assert re.search(r"candidates +\d+ +of \d+ kept +100 %", said) and "last accepted  Say " in said
    assert f"{QUESTIONS} rows" in said
    assert max(map(len, lines(shown))) <= width


@pytest.mark.slow(seconds=6)
def test_ctrl_c_says_what_is_kept_and_the_same_command_goes_on(project, server):
    here = written(project, server)
    program = terminal(here, 80)
    program.expect(r"[3-9] of \d+ sources")
    program.sendintr()
    program.expect(pexpect.EOF)
    program.close()
    assert program.exitstatus == 130
    assert "The same command goes on from" in " ".join(lines(program.before))
    before = len(server.asked)
    assert before < QUESTIONS
    here.run("generate", "recipe.yaml").assert_success()
    assert len(here.rows("generated/recipe/rows.jsonl")) == QUESTIONS
    assert len(server.asked) <= QUESTIONS + 2


def test_a_file_has_a_line_now_and_then(project, server, monkeypatch):
    monkeypatch.setattr("pitchpipe_tools.generate.shown.EVERY", 0.2)
    said = written(project, server, at_once=4).run("generate", "recipe.yaml").assert_success().out
    line = next(line for line in said.splitlines() if "in flight" in line)
    assert re.match(rf"answers: \d+ of {QUESTIONS} sources, .*\d in flight", line) and "of $5" in line


def test_a_server_that_asks_to_be_left_alone_is_told():
    assert facts(Moment([], [InFlight("writer", wait=11.2)]))[0] == "waiting 12 s: the server asked for it"
    assert facts(Moment([], [InFlight("writer", 3, 3, 8)]))[0] == "3 in flight (the server bears 3 of 8 now)"
    two = Moment([], [InFlight("writer", 3, 8, 8), InFlight("strict", wait=2)])
    assert facts(two)[:2] == ["writer: 3 in flight", "strict: waiting 2 s: the server asked for it"]


@pytest.mark.parametrize("width", [60, 80, 110, 200])
def test_no_line_is_wider_than_the_terminal(width):
    operators = {f"operator_{n}": Yielded(n, 2 * n + 1) for n in range(12)}
    why = Counter(
        {"a reason that takes many words to say, and more than there is room for" * 2: 12345, "short": 2}
    )
    generators = [
        AtWork("evolving_by_a_very_long_name", 123456, "sources", 99999, "works", operators, why),
        AtWork("answers"),
    ]
    flights = [InFlight("writer", 64, 48, 64), InFlight("strict", wait=12)]
    moment = Moment(
        generators,
        flights,
        118.3,
        200,
        "$1.23 of $20, 1,234 of 40,000 requests",
        "12 min left",
        "日本語の\n\x1b[31m[red]命令" * 20,
    )
    console = Console(width=width, file=StringIO(), force_terminal=True, color_system=None)
    console.print(drawn(moment, width))
    shown = console.file.getvalue()
    assert max(cell_len(line.rstrip()) for line in shown.splitlines()) <= width
    for words in (
        "99,999 of 123,456 sources",
        "the server asked for it",
        "$1.23 of $20",
        "12,345",
        "and 4 more operators",
        "[red]",
    ):
        assert words in shown
    assert "\x1b" not in shown and len(shown.splitlines()) <= 30
