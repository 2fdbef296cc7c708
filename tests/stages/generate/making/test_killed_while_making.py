"""Kills, budgets and a full disk while generators work: the same bytes in the end, and never more money."""

import os
import random
import resource
import signal
import sqlite3
import time
from contextlib import closing

import pytest

from pitchpipe_stages.generate.requests import database
from tests.bad_server import READ, WRITTEN
from tests.generating import KEY, VARIABLE, answer, bad_server, files
from tests.stages.generate.requests.test_killed import child, ended, killed

pytestmark = pytest.mark.slow(seconds=20)

CONCURRENCY = 8
ONE = (READ * 1.0 + WRITTEN * 2.0) / 1e6
CHAIN = """\
  - tasks: {teacher: writer, seeds: seeds.jsonl, wanted: 40}
  - reply: {teacher: writer}
"""
ROWS, MADE = "generated/recipe/rows.jsonl", "generated/recipe/made.json"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What nobody disturbed, and how many requests it took."""
    from pitchpipe.testing import Project

    with bad_server(answer) as server:
        here = Project(tmp_path_factory.mktemp("undisturbed"), {VARIABLE: KEY})
        here.write(files(server.url, CHAIN)).run("generate", "recipe.yaml").assert_success()
        return here.read(ROWS), len(server.asked)


def generate(here, **given):
    """In a process that can be killed."""

    def work():
        done = here.run("generate", "recipe.yaml", **given)
        (here.folder / "said").write_text(done.out + done.err)
        return done.code

    return child(work)


def wait_for(server, requests):
    until = time.monotonic() + 20
    while len(server.asked) < requests:
        assert time.monotonic() < until, "nobody asks"
        time.sleep(0.005)


def test_kills_at_20_moments_leave_the_same_bytes(project, undisturbed):
    rows, alone = undisturbed
    chance, kills = random.Random(7), 0
    with bad_server(answer, slow=0.003) as server:
        here = project(files(server.url, CHAIN), **{VARIABLE: KEY})
        for _ in range(20):
            kills += killed(generate(here), server, chance.randrange(1, 12))
            assert not (here.folder / ROWS).exists() or here.read(ROWS) == rows
        here.run("generate", "recipe.yaml").assert_success()
        assert kills >= 10
        assert here.read(ROWS) == rows
        assert len(server.asked) <= alone + kills * CONCURRENCY


def test_kills_do_not_stretch_a_budget(project):
    chance = random.Random(8)
    with bad_server(answer, slow=0.003) as server:
        here = project(files(server.url, CHAIN, more="budget: {dollars: 0.003}\n"), **{VARIABLE: KEY})
        for _ in range(6):
            killed(generate(here), server, chance.randrange(1, 15))
        assert ended(generate(here)) in (0, 1)
        assert len(server.asked) * ONE <= 0.003
        assert here.json(MADE)["teachers"]["writer"]["dollars"] <= 0.003
        assert not here.json(MADE)["finished"]


def test_a_budget_that_grows_goes_on_to_the_same_bytes(project, undisturbed):
    rows, alone = undisturbed
    with bad_server(answer) as server:
        here = project(files(server.url, CHAIN, more="budget: {requests: 0}\n"), **{VARIABLE: KEY})
        for requests in (0, 25, 70):
            here.write(files(server.url, CHAIN, more=f"budget: {{requests: {requests}}}\n"))
            here.run("generate", "recipe.yaml")
            assert len(server.asked) <= requests
            made = here.json(MADE)
            assert not made["finished"] and "the budget is spent" in made["problem"]
            assert set(here.read(ROWS).splitlines()) <= set(rows.splitlines())
        assert len(here.rows(ROWS)) > 5  # rows so far are written
        here.write(files(server.url, CHAIN, more="budget: {requests: 500}\n"))
        here.run("generate", "recipe.yaml").assert_success()
        assert here.json(MADE)["finished"]
        assert (here.read(ROWS), len(server.asked)) == (rows, alone)


def test_a_second_process_is_refused_in_words(project, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    with bad_server(answer, slow=1.0) as server:
        here = project(files(server.url, CHAIN), **{VARIABLE: KEY})
        first = generate(here)
        wait_for(server, 1)
        here.run("generate", "recipe.yaml").assert_failed("another pitchpipe asks from")
        os.kill(first, signal.SIGKILL)
        ended(first)


def test_a_full_disk_stops_and_the_same_goes_on_when_there_is_room(project, undisturbed):
    rows, alone = undisturbed

    def on_a_small_disk():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (90_000, resource.RLIM_INFINITY))
        done = here.run("generate", "recipe.yaml")
        (here.folder / "said").write_text(done.err[-3000:])
        return done.code

    with bad_server(answer) as server:
        here = project(files(server.url, CHAIN), **{VARIABLE: KEY})
        assert ended(child(on_a_small_disk)) == 2
        assert "asks.sqlite" in here.read("said") or "disk is full" in here.read("said")
        assert 0 < len(server.asked) < alone
        here.run("generate", "recipe.yaml").assert_success()
        assert here.read(ROWS) == rows
        assert len(server.asked) <= alone + CONCURRENCY


def test_ctrl_c_waits_for_what_is_paid_and_keeps_it(project, undisturbed):
    rows, alone = undisturbed
    with bad_server(answer, slow=0.02) as server:
        here = project(files(server.url, CHAIN), **{VARIABLE: KEY})
        pid = generate(here)
        wait_for(server, 30)
        os.kill(pid, signal.SIGINT)
        ended(pid)
        assert not (here.folder / ROWS).exists()
        with closing(sqlite3.connect(here.folder / "generated/recipe/asks.sqlite")) as kept:
            lost = "select count(*) from attempt where dollars is null"
            assert kept.execute(lost).fetchone() == (0,)
        here.run("generate", "recipe.yaml").assert_success()
        assert (here.read(ROWS), len(server.asked)) == (rows, alone)


def test_ctrl_c_twice_waits_for_nobody(project):
    with bad_server(answer, slow=5) as server:
        here = project(files(server.url, CHAIN), **{VARIABLE: KEY})
        pid = generate(here)
        wait_for(server, 1)
        began = time.monotonic()
        for _ in range(2):
            time.sleep(0.3)
            os.kill(pid, signal.SIGINT)
        ended(pid)
        assert time.monotonic() - began < 4
