"""A question is asked once, whoever asks it, and a record that cannot be written is read."""

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Reply, Usage
from pitchpipe_stages.generate.requests import sender
from pitchpipe_stages.generate.requests.budget import Budget, Charge
from pitchpipe_stages.generate.requests.flights import Flights
from pitchpipe_stages.generate.requests.purse import Purse
from pitchpipe_stages.generate.requests.record import RequestRecord
from pitchpipe_stages.generate.requests.sections import TEACHERS
from pitchpipe_stages.generate.requests.sender import Sender
from tests.asked_teachers import VARIABLE, openai, questions, recipe_of
from tests.bad_server import KEY, bad_server

NOBODY = 65534  # the user who may write nowhere
WORST, COST = Charge(0.5, 1, 100), Charge(0.25, 1, 10)


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv(VARIABLE, KEY)


def with_sender(folder, server, work, **options):
    """What `work` gives, which is given a sender."""
    use = recipe_of(folder, openai(server, **options))[TEACHERS][0]

    async def all_of_it():
        async with RequestRecord(folder / "asks.sqlite") as record:
            try:
                return await work(Sender(use, record, Purse(Budget(), record.spent()), Flights(64)))
            finally:
                await use.bound.close()

    return asyncio.run(all_of_it())


def test_equal_questions_that_are_asked_at_once_are_one_request(tmp_path):
    async def work(sender):
        asks = questions("one", "two", "one", "one", "mode:400", "mode:400")
        replies = await asyncio.gather(*(sender.reply(ask) for ask in asks))
        return replies, sender.tally

    with bad_server(slow=0.05) as server:
        replies, tally = with_sender(tmp_path, server, work)
        assert len(server.asked) == tally.sent == 3
    assert replies[0] == replies[2] == replies[3] != replies[1]
    assert replies[4] == replies[5] and replies[4].end == "failed"
    assert tally.known == 3


def test_who_waits_for_another_asks_itself_where_that_one_is_stopped(tmp_path):
    async def work(sender):
        (ask,) = questions("one")
        first = asyncio.create_task(sender.reply(ask))
        second = asyncio.create_task(sender.reply(ask))
        while not sender.flights.flying:
            await asyncio.sleep(0)
        third = asyncio.create_task(sender.reply(ask))
        await asyncio.sleep(0)
        first.cancel()
        return await asyncio.gather(second, third)

    with bad_server() as server:
        second, third = with_sender(tmp_path, server, work)
    assert second.end == "stop" and second == third


def test_what_failed_is_asked_again_next_time_and_what_was_answered_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(sender, "TRIES", 1)
    asks = questions("one", "mode:500_once", "mode:no_choices")

    async def work(sender):
        return [(await sender.reply(ask)).end for ask in asks], sender.tally.sent

    with bad_server() as server:
        assert with_sender(tmp_path, server, work) == (["stop", "failed", "failed"], 3)
        assert with_sender(tmp_path, server, work) == (["stop", "stop", "failed"], 2)
        assert with_sender(tmp_path, server, work) == (["stop", "stop", "failed"], 1)


def record_of_two(path):
    """A record with one question that was answered at the second attempt, and one that never was."""

    async def work():
        async with RequestRecord(path) as record:
            first = await record.begin("a", ("writer", "tutor"), b"{}", WORST)
            await record.failed(first, "a", "cut", None)
            second = await record.begin("a", ("writer", "tutor"), b"{}", WORST)
            await record.answered(second, "a", Reply("said", "stop", usage=Usage(5, 5)), COST)
            await record.begin("b", ("writer", "tutor"), b"{}", WORST)

    asyncio.run(work())


def as_nobody(work):
    """What a child gives that may write nothing: its exit code is 0 where it found what it should."""
    if pid := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 1
    try:
        os.setuid(NOBODY)
        work()
        code = 0
    finally:
        os._exit(code)


@pytest.fixture
def readable():
    """A folder that everybody may read."""
    if os.getuid():
        pytest.skip("only root can become another user")
    with TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


def test_a_record_that_cannot_be_written_gives_replies_and_asks_nothing(readable):
    path = readable / "asks.sqlite"
    record_of_two(path)
    before = sorted(os.listdir(readable)), path.read_bytes()

    async def work():
        async with RequestRecord(path) as record:
            assert (await record.reply("a")).text == "said"
            assert await record.reply("b") is None
            assert record.spent() == Charge(1.25, 3, 210)
            assert len(list(record.lines())) == 2
            with pytest.raises(PitchpipeError, match="cannot be written, and what is not in it"):
                await record.begin("c", ("writer", "tutor"), b"{}", WORST)

    assert as_nobody(lambda: asyncio.run(work())) == 0
    assert (sorted(os.listdir(readable)), path.read_bytes()) == before


def test_a_record_that_was_left_at_work_is_not_read_without_its_end(readable):
    record_of_two(readable / "asks.sqlite")
    with sqlite3.connect(readable / "asks.sqlite") as open_one:
        open_one.execute("pragma journal_mode=wal")
        open_one.execute("update ask set problem = 'changed'")
        open_one.commit()
        (readable / "copy").mkdir(mode=0o755)
        for name in ("asks.sqlite", "asks.sqlite-wal"):
            shutil.copy(readable / name, readable / "copy" / name)

    def work():
        with pytest.raises(PitchpipeError, match=r"asks\.sqlite-wal cannot be taken into it here: copy both"):
            RequestRecord(readable / "copy" / "asks.sqlite")

    assert as_nobody(work) == 0
    with closing(RequestRecord(readable / "copy" / "asks.sqlite")) as record:
        assert record.spent().requests == 3
