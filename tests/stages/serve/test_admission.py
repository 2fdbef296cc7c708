"""Who may come in, what became of them, and what the end of a server does to those inside."""

import asyncio

import pytest

import pitchpipe as pp
from pitchpipe_stages.serve.admission import Entrance
from pitchpipe_stages.serve.outcomes import HELP
from pitchpipe_stages.serve.service import ServingService
from tests.stages.serve.said import Saying, heard, request, words

N = 200


class Counting(ServingService):
    """Remembers its counters."""

    def outcomes(self) -> dict[str, float]:
        value = self.metrics.registry.get_sample_value
        return {how: value(f"pitchpipe_requests_{how}_total") or 0 for how in HELP}


def service(tmp_path, *said, wait=0.0, rows=8, queue=16, **other):
    upstream = Saying(*said, wait=wait)
    return Counting({"m": upstream}, tmp_path, admission=Entrance(rows, queue), **other)


def asked(of, **other):
    return of.answer(of.read(request("Hi", **other)))


def test_a_crowd_finds_no_gap(tmp_path):
    """All come in the same moment; the first await of each is behind its admission."""
    one = service(tmp_path, *words("a", "b"), wait=0.01)

    async def crowd():
        return await asyncio.gather(*(heard(asked(one)) for _ in range(N)), return_exceptions=True)

    said = asyncio.run(crowd())
    declined = [answer for answer in said if isinstance(answer, pp.Declined)]
    assert len(said) - len(declined) == 24
    assert {(no.status, no.code) for no in declined} == {(429, "queue_full")}
    assert all(no.after and no.after >= 1 for no in declined)
    assert one.admission.inside == 0
    assert one.outcomes() == {"accepted": 24, "answered": 24, "refused": 0, "cancelled": 0, "failed": 0}


def test_several_answers_to_one_request_are_several(tmp_path):
    both = [*words("a"), *words("b", index=1)]
    one = service(tmp_path, *both, rows=1, queue=1)
    two = pp.Wish(count=2)
    assert len(asyncio.run(heard(asked(one, wish=two)))) == 2
    with pytest.raises(pp.Declined, match="2 is the most") as no:
        asyncio.run(heard(asked(one, wish=pp.Wish(count=3))))
    assert no.value.status == 400 and no.value.param == "n"


class Breaks:
    """An upstream that raises after its first words."""

    def __init__(self, error: Exception):
        self.error = error

    def read(self, one: pp.Request) -> pp.Request:
        return one

    async def __call__(self, one: pp.Request):
        yield pp.Said(text="a", tokens=1)
        raise self.error


@pytest.mark.parametrize(
    ("upstream", "how"),
    [
        (Saying(*words("a", "b")), "answered"),
        (Saying(*words("no", end="content_filter")), "refused"),
        (Saying(pp.Said(text="a", tokens=1)), "failed"),  # it never ends
        (Breaks(RuntimeError("broken")), "failed"),
        (Breaks(pp.Declined(502, "gone")), "failed"),
        (Breaks(pp.Declined(400, "not so")), "refused"),
    ],
)
def test_each_accepted_request_becomes_one_thing(tmp_path, upstream, how):
    one = Counting({"m": upstream}, tmp_path)
    with pytest.raises((RuntimeError, pp.Declined)) if isinstance(upstream, Breaks) else asyncio.Runner():
        asyncio.run(heard(asked(one)))
    assert one.outcomes() == {**dict.fromkeys(HELP, 0), "accepted": 1, how: 1}


def test_whoever_leaves_is_cancelled_and_whoever_has_heard_all_is_not(tmp_path):
    one = service(tmp_path, *words("a", "b"))

    async def leave(after):
        answer = asked(one)
        for _ in range(after):
            await anext(answer)
        await answer.aclose()

    asyncio.run(leave(1))
    assert one.outcomes()["cancelled"] == 1
    asyncio.run(leave(2))
    assert one.outcomes()["answered"] == 1
    assert one.upstreams["m"].closed == 2 and one.admission.inside == 0


def test_what_is_declined_at_the_door_is_not_accepted(tmp_path):
    one = service(tmp_path, *words("a"))
    one.admission.draining = True
    with pytest.raises(pp.Declined) as no:
        asyncio.run(heard(asked(one)))
    assert (no.value.status, no.value.code) == (503, "draining")
    assert one.outcomes()["accepted"] == 0


def test_the_end_of_the_grace_cuts_off_all_that_wait(tmp_path):
    one = service(tmp_path, *words("a", "b"), wait=60)

    async def ended():
        answers = [asyncio.create_task(heard(asked(one))) for _ in range(3)]
        await asyncio.sleep(0.01)
        one.drain(0)
        return await asyncio.gather(*answers, return_exceptions=True)

    assert [(no.status, no.code) for no in asyncio.run(ended())] == [(503, "draining")] * 3
    assert one.outcomes()["failed"] == 3 and one.upstreams["m"].closed == 3


def test_an_upstreams_own_timeout_is_not_the_end_of_the_server(tmp_path):
    one = Counting({"m": Breaks(TimeoutError())}, tmp_path)
    with pytest.raises(pp.Declined) as no:
        asyncio.run(heard(asked(one)))
    assert no.value.status == 504


def test_the_wait_that_is_told_grows_with_what_waits(tmp_path):
    entrance = Entrance(2, 100)
    first = entrance.again()
    entrance.inside = 102
    assert first == 1 and 30 < entrance.again() <= 60


class Part:
    """A middleware with a life of its own."""

    def __init__(self, told, fails=False):
        self.told, self.fails = told, fails

    def __call__(self, one, answer):
        return answer(one)

    async def begin(self, _):
        self.told.append("begin")
        if self.fails:
            raise pp.PitchpipeError("it cannot")

    async def close(self):
        self.told.append("close")


def test_parts_that_have_begun_end_where_a_later_one_cannot_begin(tmp_path):
    told = list[str]()
    one = service(tmp_path, middlewares=[Part(told), Part(told, fails=True), Part(told)])
    with pytest.raises(pp.PitchpipeError, match="it cannot"):
        asyncio.run(one.begin())
    assert told == ["begin", "begin", "close", "close"] and not one.begun
