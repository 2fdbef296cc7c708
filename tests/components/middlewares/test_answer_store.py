"""The file of the cache: bounded, whole after a kill, and never in the way of an answer."""

import asyncio
import os
import signal
import sqlite3
import time

import pytest

import pitchpipe as pp
from pitchpipe_components.middlewares.answer_store import AnswerStore
from pitchpipe_components.middlewares.cache import AnswerCache
from tests.components.middlewares.around import (
    Scripted,
    ask,
    counted,
    full_disk,
    request,
    served,
    settled,
    stretches,
    text,
)


@pytest.fixture
def stores(tmp_path):
    """Opens stores on one file, and closes them."""
    opened = []

    def store(most_bytes=1 << 24, seconds=3600):
        opened.append(AnswerStore(tmp_path / "cache.sqlite", most_bytes, seconds, store.told.append))
        opened[-1].open()
        return opened[-1]

    store.told = []
    yield store
    for one in opened:
        one.close()


def written(store):
    """Waits until all is written."""
    store._thread.submit(lambda: None).result()


def test_two_servers_share_a_file(stores):
    one, other = stores(), stores()
    for number in range(200):
        (one, other)[number % 2].put(b"k%d" % number, b"answer %d" % number)
    written(one), written(other)
    assert all(one.get(b"k%d" % n) == other.get(b"k%d" % n) == b"answer %d" % n for n in range(200))
    assert not stores.told


def test_it_stays_within_its_size_and_keeps_what_is_asked_for(stores, tmp_path):
    store = stores(most_bytes=1 << 20)
    for number in range(400):
        store.put(b"k%d" % number, os.urandom(10_000))
        written(store)
        assert store.get(b"k0"), number
        written(store)
        assert store.bytes <= 1 << 20
    assert not store.get(b"k1") and store.get(b"k399")
    assert (
        sum(file.stat().st_size for file in tmp_path.glob("cache.sqlite*")) < 7 << 20
    )  # the log has up to 4 MB
    store.put(b"huge", bytes(1 << 19))
    written(store)
    assert not store.get(b"huge") and store.get(b"k0")


def test_a_smaller_bound_takes_effect_on_the_disk(stores, tmp_path):
    store = stores()
    for number in range(400):
        store.put(b"k%d" % number, os.urandom(10_000))
    store.close()
    assert (tmp_path / "cache.sqlite").stat().st_size > 4_000_000
    stores(most_bytes=1 << 20).close()
    assert (tmp_path / "cache.sqlite").stat().st_size <= 1 << 20


def test_it_is_for_its_owner_alone(stores, tmp_path):
    stores().put(b"k", b"v")
    assert {file.stat().st_mode & 0o077 for file in tmp_path.glob("cache.sqlite*")} == {0}


def test_a_kill_in_the_middle_leaves_whole_answers(tmp_path):
    path = tmp_path / "cache.sqlite"
    for _ in range(3):
        child = os.fork()
        if not child:
            store = AnswerStore(path, 1 << 20, 3600, lambda why: None)
            store.open()
            for number in range(1 << 30):
                store.put(b"k%d" % (number % 500), b"%d " % number * 900)
        while not path.exists() or path.stat().st_size < 200_000:
            time.sleep(0.002)
        time.sleep(0.03)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        store = AnswerStore(path, 1 << 20, 3600, pytest.fail)
        store.open()
        found = [content for n in range(500) if (content := store.get(b"k%d" % n))]
        assert found and all(len(set(content.split())) == 1 for content in found)
        store.close()
        with sqlite3.connect(path) as database:
            assert database.execute("pragma integrity_check").fetchone() == ("ok",)


def spoil_all(path):
    path.write_bytes(b"no database at all " * 1000)


def spoil_pages(path):
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)


@pytest.mark.parametrize("spoil", [spoil_all, spoil_pages])
def test_a_damaged_file_is_put_aside_and_told(tmp_path, spoil):
    async def run():
        folder, upstream = tmp_path / "s", Scripted()
        async with served(folder, upstream, AnswerCache()) as service:
            await ask(service, request())
        spoil(folder / "cache.sqlite")
        async with served(folder, upstream, AnswerCache()) as service:
            for _ in range(2):
                assert text(await ask(service, request())) == "Good day."
            await settled(lambda: service.lines)
            assert "cache.sqlite is damaged (" in service.lines[0] and "a new one begins" in service.lines[0]
            for _ in range(3):
                said = await ask(service, request())
                await asyncio.sleep(0.01)
            assert said[0].cache == "hit"
        assert len(list(folder.glob("cache.sqlite.damaged-*"))) == 1

    asyncio.run(run())


def test_an_answer_that_was_changed_on_the_disk_is_asked_for_again(tmp_path):
    async def run():
        upstream = Scripted()
        async with served(tmp_path / "s", upstream, AnswerCache()) as service:
            await ask(service, request())
        with sqlite3.connect(tmp_path / "s/cache.sqlite") as database:
            ((content,),) = database.execute("select content from answer")
            database.execute("update answer set content = ?", (content.replace(b"day", b"die"),))
        async with served(tmp_path / "s", upstream, AnswerCache()) as service:
            said = await ask(service, request())
            assert (text(said), said[0].cache) == ("Good day.", "miss")

    asyncio.run(run())


def test_a_full_disk_costs_no_answer(tmp_path):
    async def run():
        words = stretches(*("word " * 100 for _ in range(20)))
        async with served(tmp_path / "s", Scripted(*words), AnswerCache()) as service:
            with full_disk(60_000):
                for number in range(40):
                    assert len(text(await ask(service, request(f"Hi {number}")))) == 10_000
                await settled(lambda: counted(service, "cache_failures") > 3)
            assert len(service.lines) == 1 and "what is said now is not kept" in service.lines[0]
            await ask(service, request("Hi again"))
            await settled(lambda: service.middlewares[0]._store._waiting == 0)
            assert (await ask(service, request("Hi again")))[0].cache == "hit"

    asyncio.run(run())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named_at_the_start(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(pp.PitchpipeError, match="the cache cannot be kept in"):
        AnswerStore(tmp_path / "cache.sqlite", 1 << 20, 60, print).open()


def test_a_folder_in_place_of_the_file_is_named_at_the_start(tmp_path):
    (tmp_path / "cache.sqlite").mkdir()
    with pytest.raises(pp.PitchpipeError, match="the cache cannot be kept in"):
        AnswerStore(tmp_path / "cache.sqlite", 1 << 20, 60, print).open()
