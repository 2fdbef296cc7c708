"""The cache: what it finds again, for whom, and what it never keeps."""

import asyncio
import sqlite3

import msgspec
import pytest

import pitchpipe as pp
from pitchpipe_components.middlewares.cache import AnswerCache
from tests.components.middlewares.around import (
    Scripted,
    ask,
    counted,
    request,
    served,
    settled,
    stretches,
    text,
)

WARM = pp.Sampling(temperature=0.7)


def headers(said):
    return said[0].cache


def asked_twice(tmp_path, first, second, upstream=None, guards=("", ""), **options):
    """The headers of two requests to two servers on one folder, one after the other."""

    async def both():
        model, found = upstream or Scripted(), []
        for asked, guard in zip((first, second), guards, strict=True):
            async with served(tmp_path / "s", model, AnswerCache(**options), identity=guard) as service:
                found.append(headers(await ask(service, asked)))
        return found

    return asyncio.run(both())


def test_an_answer_is_said_again_word_for_word_across_a_restart(tmp_path):
    likely = (pp.Likely(7, b"\xf0\x9f", -0.5, ((8, b"x", -1.0),)),)
    call = {"id": "c1", "name": "add", "arguments": '{"a": 1}'}
    upstream = Scripted(
        pp.Said(0, reasoning="Hm", tokens=1, by="model"),
        pp.Said(1, "Zwei ", tokens=1, likely=likely, by="model"),
        pp.Said(0, reasoning="m.", tokens=1, by="model"),
        pp.Said(0, "Ad", tokens=1, by="model"),
        pp.Said(0, "", tokens=1, by="model"),
        pp.Said(1, "\U0001f600", tokens=2, likely=likely, end="length", by="model"),
        pp.Said(0, "dé\n", calls=[call], tokens=3, end="tool_calls", by="model"),
    )

    async def run():
        said = []
        for _ in range(2):
            async with served(tmp_path / "s", upstream, AnswerCache()) as service:
                said.append(await ask(service, request(wish=pp.Wish(count=2))))
        return said

    fresh, again = asyncio.run(run())
    assert upstream.asked == 1
    assert (headers(fresh), headers(again)) == ("miss", "hit")
    for index in (0, 1):
        of = [[one for one in said if one.index == index] for said in (fresh, again)]
        for field in ("text", "reasoning", "end"):
            assert len({"".join(getattr(one, field) for one in some) for some in of}) == 1
        assert len({sum(one.tokens for one in some) for some in of}) == 1
        assert len({msgspec.json.encode([call for one in some for call in one.calls]) for some in of}) == 1
        assert len({msgspec.json.encode([token for one in some for token in one.likely]) for some in of}) == 1
    assert {one.by for one in again} == {"model"}
    kinds = ["".join(f for f in ("reasoning", "text") if getattr(one, f)) for one in again if one.index == 0]
    assert kinds == ["reasoning", "text", "text"]  # the last one has the call too


OTHERS = {
    "words": {"text": "Ho"},
    "seed": {"wish": pp.Wish(seed=3)},
    "count": {"wish": pp.Wish(count=2)},
    "stop": {"wish": pp.Wish(stop=("x",))},
    "most tokens": {"wish": pp.Wish(max_tokens=5)},
    "likely tokens": {"wish": pp.Wish(logprobs=2)},
    "bias": {"wish": pp.Wish(bias={3: 1.0})},
    "key": {"key": "other"},
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_what_decides_the_answer_or_whose_it_is_tells_requests_apart(tmp_path, other):
    assert asked_twice(tmp_path, request(), request(**other)) == ["miss", "miss"]


def test_other_guards_are_asked_again(tmp_path):
    assert asked_twice(tmp_path, request(), request(), guards=("a", "b")) == ["miss", "miss"]
    assert asked_twice(tmp_path, request(), request(), guards=("a", "b")) == ["hit", "hit"]


@pytest.mark.parametrize(
    ("among", "same_key", "other_key"),
    [("user", "miss", "miss"), ("key", "hit", "miss"), ("all", "hit", "hit")],
)
def test_answers_are_shared_as_far_as_the_recipe_says(tmp_path, among, same_key, other_key):
    first = request(key="k", user="ann")
    assert asked_twice(tmp_path, first, request(key="k", user="bob"), among=among) == ["miss", same_key]
    assert asked_twice(tmp_path, first, request(key="l", user="ann"), among=among) == ["hit", other_key]


def test_what_chance_decides_passes_by(tmp_path):
    warm = request(wish=pp.Wish(WARM))
    assert asked_twice(tmp_path, warm, warm) == ["", ""]
    seeded = request(wish=pp.Wish(WARM, seed=1))
    assert asked_twice(tmp_path, seeded, seeded) == ["miss", "hit"]


@pytest.mark.parametrize(
    "said",
    [
        stretches("Bad ", "word.", end="content_filter"),
        (pp.Said(0, "Never ended", tokens=1),),
        (*stretches("One."), pp.Said(1, "two never ended", tokens=1)),
    ],
    ids=["refused", "never ended", "one of two"],
)
def test_no_such_answer_is_kept(tmp_path, said):
    count = len({one.index for one in said})
    asked = request(wish=pp.Wish(count=count))
    assert asked_twice(tmp_path, asked, asked, Scripted(*said)) == ["miss", "miss"]


def test_an_answer_of_one_that_stood_in_is_not_kept(tmp_path):
    async def run():
        first, other = Scripted(), Scripted(*stretches("From ", "another."))
        both = {"first": first, "other": other}
        how = {"router": lambda request: ("first", "other"), "routed": "model"}
        async with served(tmp_path / "s", both, AnswerCache(), **how) as service:
            first.fails = pp.Declined(400, "no")
            first.fails.status = 503
            assert text(await ask(service, request())) == "From another."
            first.fails = None
            service.routing.health["first"].__init__("first", print)
            assert (await ask(service, request()))[0].cache == "miss"

    asyncio.run(run())


def test_a_failure_and_an_answer_that_nobody_waited_for_are_not_kept(tmp_path):
    async def run():
        upstream = Scripted()
        async with served(tmp_path / "s", upstream, AnswerCache()) as service:
            upstream.fails = pp.Declined(400, "too much", after=3)
            with pytest.raises(pp.Declined) as no:
                await ask(service, request())
            assert (no.value.status, no.value.after) == (400, 3)
            upstream.fails, upstream.gate = None, asyncio.Event()
            await ask(service, request(), stretches=1)
            assert (upstream.closed, upstream.given) == (2, 1)  # it stopped at once, and for good
            upstream.gate = None
            assert headers(await ask(service, request())) == "miss"
            assert headers(await ask(service, request())) == "hit"
            assert (upstream.asked, counted(service, "cache_requests", result="miss")) == (3, 3)

    asyncio.run(run())


def test_equal_requests_at_the_same_time_are_asked_once_and_outlive_the_first(tmp_path):
    async def run():
        upstream = Scripted(*stretches("Good ", "day", "."))
        async with served(tmp_path / "s", upstream, AnswerCache()) as service:
            upstream.gate = asyncio.Event()
            leaver = asyncio.create_task(ask(service, request()))
            await settled(lambda: upstream.given == 1)
            others = [asyncio.create_task(ask(service, request())) for _ in range(20)]
            await settled(lambda: counted(service, "cache_requests", result="joined") == 20)
            leaver.cancel()
            others[0].cancel()
            await asyncio.gather(leaver, others[0], return_exceptions=True)
            upstream.gate.set()
            said = await asyncio.gather(*others[1:])
            assert {text(one) for one in said} == {"Good day."}
            assert {headers(one) for one in said} == {"hit"}
            assert (upstream.asked, upstream.closed) == (1, 1)
            upstream.gate = asyncio.Event()
            two = [asyncio.create_task(ask(service, request("Ho"))) for _ in range(2)]
            await settled(lambda: upstream.given == 4)
            for one in two:
                one.cancel()
            await asyncio.gather(*two, return_exceptions=True)
            assert (upstream.given, upstream.closed) == (4, 2)

    asyncio.run(run())


def test_one_failure_reaches_all_who_wait_for_it(tmp_path):
    async def run():
        upstream = Scripted()
        async with served(tmp_path / "s", upstream, AnswerCache()) as service:
            upstream.gate = asyncio.Event()
            waiting = [asyncio.create_task(ask(service, request())) for _ in range(3)]
            await settled(lambda: upstream.given == 1)
            upstream.fails = RuntimeError("the engine broke")
            upstream.gate.set()
            said = await asyncio.gather(*waiting, return_exceptions=True)
            assert [str(one) for one in said] == ["the engine broke"] * 3

    asyncio.run(run())


def test_old_answers_leave(tmp_path):
    assert asked_twice(tmp_path, request(), request(), days=1e-9) == ["miss", "miss"]
    with sqlite3.connect(tmp_path / "s/cache.sqlite") as database:
        assert database.execute("select count(*) from answer").fetchone()[0] <= 1
    assert asked_twice(tmp_path, request(), request()) == ["hit", "hit"]


def test_it_shows_what_it_found(tmp_path):
    async def run():
        async with served(tmp_path / "s", Scripted(), AnswerCache()) as service:
            for text in ("Hi", "Hi", "Ho"):
                await ask(service, request(text))
            (panel,) = service.middlewares[0].panels()
            assert panel.note == "1 of 3 requests with a determined answer were found"
            assert panel.rows[:3] == [("hit", 1), ("joined", 0), ("miss", 2)]

    asyncio.run(run())


@pytest.mark.parametrize("options", [{"days": 0}, {"megabytes": 0.5}, {"among": "everybody"}])
def test_options_are_checked_with_the_recipe(project, options):
    (name,) = options
    recipe = f"loaders:\n  - files: {{path: rows.jsonl}}\nmiddlewares:\n  - cache: {options!r}\n"
    here = project({"rows.jsonl": [{"instruction": "Hi", "output": "Ho"}], "recipe.yaml": recipe})
    here.run("check", "recipe.yaml").assert_failed(f"middlewares.1.cache.{name}")
