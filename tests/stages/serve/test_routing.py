"""Who answers where the first upstream does not, and what is tried how often."""

import asyncio
from collections import Counter
from contextlib import aclosing
from dataclasses import replace

import pytest

import pitchpipe as pp
from pitchpipe_components.upstreams.openai import OpenAIUpstream
from pitchpipe_stages.serve import attempt, upstream_health
from pitchpipe_stages.serve.routing import Routing
from tests.bad_server import bad_server


class Scripted:
    """An upstream that does one thing after the other: raises, or says words. `read` marks its requests."""

    def __init__(self, *script: object, declines: Exception | None = None):
        self.script, self.declines, self.asked, self.closed = list(script), declines, [], 0

    def read(self, request: pp.Request) -> pp.Request:
        if self.declines:
            raise self.declines
        return replace(request, ids=(id(self),))

    async def __call__(self, request: pp.Request):
        self.asked.append(request)
        act = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        try:
            if isinstance(act, Exception):
                raise act
            for word in str(act).split("|") if act else ():
                if word == "!":
                    raise RuntimeError("in the midst")
                yield pp.Said(text=word, tokens=1)
            if act:
                yield pp.Said(end="stop")
        finally:
            self.closed += 1


class Told:
    def __init__(self) -> None:
        self.lines, self.counts = [], Counter()

    def say(self, line: str) -> None:
        self.lines.append(line)

    def count(self, name: str, help: str, by: float = 1, **labels: str) -> None:
        self.counts[name, *labels.values()] += by


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(attempt, "WAIT", 0.001)


def asking(model: str = "a", **more: object) -> pp.Request:
    return pp.Request("id", model, pp.Conversation((pp.Message("user", "Hi"),)), **more)


def answered(routing: Routing, request: pp.Request) -> tuple[str, str]:
    """The text, and who says it."""

    async def once() -> tuple[str, str]:
        said = [one async for one in routing(request)]
        assert len({one.by for one in said}) == 1
        return "".join(one.text for one in said), said[0].by

    return asyncio.run(once())


BUSY, GONE, DOWN, WRONG = (
    pp.Declined(429, "busy"),
    pp.Declined(502, "gone"),
    RuntimeError("bug"),
    pp.Declined(400, "no"),
)


def of(**upstreams: Scripted) -> tuple[Routing, pp.Request, Told]:
    told = Told()
    names = tuple(upstreams)
    routing = Routing(upstreams, told)
    return routing, replace(upstreams[names[0]].read(asking()), upstreams=names), told


@pytest.mark.parametrize(
    ("failure", "why"), [(BUSY, "busy"), (GONE, "unreachable"), (DOWN, "failed"), ("", "unreachable")]
)
def test_another_stands_in_where_the_first_fails_and_reads_for_itself(failure, why):
    first, second = Scripted(failure), Scripted("hello")
    routing, request, told = of(a=first, b=second)
    assert answered(routing, request) == ("hello", "b")
    assert second.asked[0].ids == (id(second),) and first.asked[0].ids == (id(first),)
    assert told.counts == {("upstream_failures", "a", why): 1, ("upstream_fallbacks", "a", "b"): 1}
    assert (first.closed, second.closed) == (1, 1)


@pytest.mark.parametrize(("known", "read"), [((7, 8, 9), 0), ((), 1)])
def test_tokens_of_the_prompt_are_counted_once_whoever_answers(known, read):
    async def heard() -> list[int]:
        return [said.read async for said in routing(replace(request, ids=known))]

    routing, request, _ = of(a=Scripted(GONE), b=Scripted("hello|you"))
    assert sum(asyncio.run(heard())) == read


def test_a_clients_mistake_is_not_tried_again():
    routing, request, told = of(a=Scripted(WRONG), b=Scripted("hello"))
    with pytest.raises(pp.Declined, match="no"):
        answered(routing, request)
    assert not told.counts and not routing.upstreams["b"].asked


def test_what_fails_after_its_first_word_is_not_told_twice():
    routing, request, told = of(a=Scripted("half|!"), b=Scripted("hello"))
    with pytest.raises(RuntimeError, match="in the midst"):
        answered(routing, request)
    assert told.counts["upstream_failures", "a", "broke off"] == 1 and not routing.upstreams["b"].asked


def test_a_moment_later_the_same_one_may_answer():
    routing, request, _ = of(a=Scripted(GONE, BUSY, "hello"))
    assert answered(routing, request) == ("hello", "a")


def test_tries_come_to_an_end():
    routing, request, _ = of(a=Scripted(BUSY), b=Scripted(DOWN))
    with pytest.raises(pp.Declined):
        answered(routing, request)
    asked = {name: len(one.asked) for name, one in routing.upstreams.items()}
    assert asked == {"a": attempt.TRIES, "b": 1}, "a bug is not tried again"


def test_retry_after_is_waited_for_where_it_is_short_and_passed_on_where_it_is_long():
    routing, request, _ = of(a=Scripted(pp.Declined(429, "busy", after=3600)))
    with pytest.raises(pp.Declined) as no:
        answered(routing, request)
    assert no.value.after == 3600 and len(routing.upstreams["a"].asked) == 1


def test_one_that_fails_again_and_again_is_left_out_and_comes_back(monkeypatch):
    monkeypatch.setattr(upstream_health, "PAUSE", 5.0)
    routing, request, told = of(a=Scripted(GONE, GONE, GONE, "back"), b=Scripted("hello"))
    for _ in range(5):
        assert answered(routing, request)[1] == "b"
    assert len(routing.upstreams["a"].asked) == upstream_health.IN_ROW
    assert routing.panels()[0].alert == "left out: a" and "left out for 5 s" in told.lines[-1]
    routing.health["a"]._until = 0.0
    assert answered(routing, request) == ("back", "a")
    assert "answers again" in told.lines[-1] and not routing.panels()[0].alert


def test_where_all_are_left_out_a_client_hears_at_once_when_to_come_back():
    routing, request, _ = of(a=Scripted(GONE))
    for _ in range(2):
        with pytest.raises(pp.Declined) as no:
            answered(routing, request)
    assert no.value.status == 503 and 1 <= no.value.after <= 5
    assert len(routing.upstreams["a"].asked) == attempt.TRIES


def test_one_that_cannot_take_a_request_does_not_stand_in():
    routing, request, _ = of(a=Scripted(GONE), b=Scripted("x", declines=WRONG), c=Scripted("hello"))
    assert answered(routing, request) == ("hello", "c")


def test_whoever_stops_listening_stops_the_upstream():
    async def one_word(routing: Routing, request: pp.Request) -> None:
        async with aclosing(routing(request)) as stretches:
            await anext(stretches)

    routing, request, _ = of(a=Scripted("one|two|three"))
    asyncio.run(one_word(routing, request))
    assert routing.upstreams["a"].closed == 1


class Chooses:
    def __init__(self, *names: str):
        self.names, self.seen = names, []

    def __call__(self, request: pp.Request) -> tuple[str, ...]:
        return self.names

    def answered(self, request: pp.Request, answers) -> None:
        self.seen += answers


def test_a_router_chooses_whom_a_request_goes_to_and_sees_what_came():
    router = Chooses("a", "b")
    routing = Routing({"a": Scripted(GONE), "b": Scripted("x|y")}, Told(), router)
    request = routing.read(asking("auto"), is_routed=True)
    assert request.upstreams == ("a", "b")
    assert answered(routing, request) == ("xy", "b")
    (seen,) = router.seen
    assert (seen.text, seen.by, seen.end, seen.tokens) == ("xy", "b", "stop", 2)


def test_a_request_that_is_too_long_for_the_first_goes_to_the_next():
    routing = Routing({"a": Scripted("x", declines=WRONG), "b": Scripted("long")}, Told(), Chooses("a", "b"))
    request = routing.read(asking("auto"), is_routed=True)
    assert request.upstreams == ("b",) and request.ids == (id(routing.upstreams["b"]),)
    lonely = Routing({"a": Scripted("x", declines=WRONG)}, Told(), Chooses("a"))
    with pytest.raises(pp.Declined, match="no"):
        lonely.read(asking("auto"), is_routed=True)


@pytest.mark.parametrize(
    ("more", "param"), [({"wish": pp.Wish(bias={5: 1.0})}, "logit_bias"), ({"tokens": (1,)}, "prompt")]
)
def test_tokens_of_one_model_are_not_sent_to_any(more, param):
    routing = Routing({"a": Scripted("x"), "b": Scripted("x")}, Told(), Chooses("a"))
    with pytest.raises(pp.Declined, match="'auto' may be any of a, b") as no:
        routing.read(asking("auto", **more), is_routed=True)
    assert (no.value.status, no.value.param) == (400, param)


def test_a_router_that_names_nobody_known():
    routing = Routing({"large": Scripted("x")}, Told(), Chooses("larg"))
    with pytest.raises(pp.Declined, match="Did you mean 'large'") as no:
        routing.read(asking("auto"), is_routed=True)
    assert no.value.status == 500


def test_tokens_are_counted_by_who_can():
    routing = Routing({"a": Scripted("x", declines=WRONG)}, Told())
    assert routing.tokens(asking(text="x" * 9)) == 3
    assert Routing({"a": Scripted("x")}, Told()).tokens(asking()) == 1


def test_another_server_stands_in_for_one_that_breaks_before_its_first_word():
    async def both(good: str, bad: str) -> str:
        far, near = OpenAIUpstream(url=bad, model="m"), OpenAIUpstream(url=good, model="m")
        routing = Routing({"far": far, "near": near}, told)
        said = [one async for one in routing(replace(asking("far"), upstreams=("far", "near")))]
        await far.close()
        await near.close()
        return "".join(one.text for one in said) + said[-1].by

    told = Told()
    with bad_server(lambda _: "fine", key="") as good, bad_server(key="") as bad:
        for mode in ("503_forever", "429_an_hour", "reset", "error_first", "nothing_said"):
            bad.fallback, bad.seen = mode, Counter()
            assert asyncio.run(both(good.url, bad.url)) == "finenear", mode
    assert {key[1:] for key in told.counts if key[0] == "upstream_fallbacks"} == {("far", "near")}
