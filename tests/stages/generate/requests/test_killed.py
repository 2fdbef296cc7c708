"""Kills, a full disk and a second process: no reply is lost, and none is paid twice but what was in flight."""

import os
import random
import resource
import signal
import sqlite3
import time
from contextlib import closing

import pytest

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.generate.requests import database
from pitchpipe_stages.generate.requests.record import RequestRecord
from tests.asked_teachers import VARIABLE, attempts, desk_of, ends, host, openai, questions, spending
from tests.bad_server import KEY, READ, WRITTEN, bad_server, echo
from tests.started import interruptible

CONCURRENCY = 8
PRICE = {"input": 1.0, "output": 2.0}
ONE = (READ * 1.0 + WRITTEN * 2.0) / 1e6
ASKS = questions(*(f"question {n}" for n in range(200)), max_tokens=16)


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv(VARIABLE, KEY)
    host()  # before processes are forked that need it


def child(work) -> int:
    """A process that works until it is done or killed."""
    if pid := os.fork():
        return pid
    code = 1
    try:
        interruptible()
        code = work() or 0
    finally:
        os._exit(code)


def killed(pid: int, server, more: int) -> bool:
    """Kill a process when the server has seen so many more requests; whether it was still alive."""
    wanted = len(server.asked) + more
    while (
        len(server.asked) < wanted and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    ):
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)
    return ended(pid) == -signal.SIGKILL


def ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def ask(folder, server, asks=ASKS, budget=None):
    options = {"concurrency": CONCURRENCY, "dollars_per_million": PRICE}
    desk = desk_of(folder, openai(server, **options), budget)
    return desk.ask("writer", asks, "asking"), spending(folder)


def test_kills_at_any_moment_lose_nothing_and_buy_again_no_more_than_flew(tmp_path):
    chance, kills = random.Random(5), 0
    with bad_server(slow=0.002) as server:
        for _ in range(8):
            pid = child(lambda: ask(tmp_path, server) and None)
            kills += killed(pid, server, chance.randrange(1, 40))
        replies, spent = ask(tmp_path, server)
        assert kills >= 4
        assert [reply.text for reply in replies] == [echo({"messages": one.messages}) for one in ASKS]
        assert len(server.asked) <= len(ASKS) + kills * CONCURRENCY
        # Every request that the server saw is charged, and those that never came back at their worst.
        assert spent.requests >= len(server.asked)
        assert spent.dollars >= len(server.asked) * ONE - 1e-12
        lost = [most for most, took, _ in attempts(tmp_path) if took is None]
        assert spent.dollars == pytest.approx(len(ASKS) * ONE + sum(lost)) and spent.lost.requests == len(
            lost
        )


def test_kills_do_not_stretch_a_budget(tmp_path):
    chance = random.Random(6)
    budget = {"dollars": 0.01}
    with bad_server(slow=0.002) as server:
        for _ in range(6):
            pid = child(lambda: ask(tmp_path, server, budget=budget) and None)
            killed(pid, server, chance.randrange(1, 60))
        replies, spent = ask(tmp_path, server, budget=budget)
        assert spent.dollars <= 0.01
        assert len(server.asked) * ONE <= 0.01
        assert set(ends(replies)) <= {"stop", "unsent"}


@pytest.mark.parametrize("moment", ["begin", "answered"])
def test_a_kill_between_record_and_server_is_charged_or_replayed(tmp_path, moment):
    def work():
        original = getattr(RequestRecord, moment)

        async def deadly(*arguments, **named):
            await original(*arguments, **named)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(RequestRecord, moment, deadly)
        ask(tmp_path, server, ASKS[:1])

    with bad_server() as server:
        assert ended(child(work)) == -signal.SIGKILL
        assert len(server.asked) == (1 if moment == "answered" else 0)
        _, spent = ask(tmp_path, server, ASKS[:1])
        assert len(server.asked) == 1
        assert spent.lost.requests == (0 if moment == "answered" else 1)


def test_a_second_process_is_refused_while_the_first_asks(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    with bad_server() as server:
        ask(tmp_path, server, ASKS[:1])
        held, done = os.pipe()

        def hold():
            held_by_it = RequestRecord(tmp_path / "run" / "asks.sqlite")
            os.write(done, b"x")
            time.sleep(30)
            held_by_it.close()

        pid = child(hold)
        os.read(held, 1)
        with pytest.raises(PitchpipeError, match=r"another pitchpipe asks from .*asks.sqlite"):
            ask(tmp_path, server, ASKS[:2])
        os.kill(pid, signal.SIGKILL)
        ended(pid)
        assert ends(ask(tmp_path, server, ASKS[:2])[0]) == ["stop", "stop"]
        assert len(server.asked) == 2


def test_a_full_disk_stops_and_the_same_goes_on_when_there_is_room(tmp_path):
    def on_a_small_disk():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, resource.RLIM_INFINITY))
        try:
            ask(tmp_path, server)
        except PitchpipeError as error:
            (tmp_path / "said").write_text(str(error))
            return 7

    with bad_server() as server:
        assert ended(child(on_a_small_disk)) == 7
        assert "asks.sqlite" in (tmp_path / "said").read_text()
        sent = len(server.asked)
        assert 0 < sent < len(ASKS)
        replies, _ = ask(tmp_path, server)
        assert set(ends(replies)) == {"stop"}
        assert len(server.asked) <= len(ASKS) + CONCURRENCY


def test_a_file_that_is_no_record_is_named(tmp_path):
    (tmp_path / "asks.sqlite").write_bytes(b"no database, and long enough to be looked at" * 100)
    with pytest.raises(PitchpipeError, match=r"asks\.sqlite is damaged, or no record of requests"):
        RequestRecord(tmp_path / "asks.sqlite")


def test_a_newer_record_is_left_alone(tmp_path):
    RequestRecord(tmp_path / "asks.sqlite").close()
    with closing(sqlite3.connect(tmp_path / "asks.sqlite")) as database:
        database.execute("pragma user_version=9")
    with pytest.raises(PitchpipeError, match="the record of a newer pitchpipe"):
        RequestRecord(tmp_path / "asks.sqlite")
