"""Money and flights: what is reserved counts, and a server that has enough is asked less."""

import asyncio
from random import Random

import pytest

from pitchpipe_stages.generate.requests import flights
from pitchpipe_stages.generate.requests.budget import Budget, Charge
from pitchpipe_stages.generate.requests.flights import Flights
from pitchpipe_stages.generate.requests.purse import Purse


def test_what_flies_is_reserved_and_the_rest_waits_until_it_is_settled():
    async def work():
        purse = Purse(Budget(dollars=1.0), Charge(0.5))
        first = await purse.reserve(Charge(0.4, 1))
        second = asyncio.create_task(purse.reserve(Charge(0.3, 1)))
        await asyncio.sleep(0)
        assert not second.done() and purse.reserved.dollars == 0.4
        purse.settle(first, Charge(0.1, 1))
        number = await second
        assert number is not None and (purse.spent + purse.reserved).dollars == pytest.approx(0.9)
        purse.settle(number, Charge(0.3, 1))
        assert await purse.reserve(Charge(0.2, 1)) is None

    asyncio.run(work())


def test_a_busy_server_is_asked_less_and_then_more_again(monkeypatch):
    monkeypatch.setattr(flights, "APART", 0.0)

    async def work():
        flying = Flights(8)
        flying.slower(None)
        assert flying.limit == 6
        for _ in range(6):
            await flying.take_off()
        seventh = asyncio.create_task(flying.take_off())
        await asyncio.sleep(0)
        assert not seventh.done()
        flying.land()
        await seventh
        for _ in range(100):
            flying.faster()
        assert flying.limit == 8
        for _ in range(100):
            flying.slower(None)
        assert flying.limit == 1

    asyncio.run(work())


def test_nobody_takes_off_before_the_server_wants_to_be_asked():
    async def work():
        flying, clock = Flights(8), asyncio.get_running_loop().time
        flying.slower(0.05)
        began = clock()
        await flying.take_off()
        assert clock() - began >= 0.05

    asyncio.run(work())


def test_who_waits_for_money_is_served_in_turn_and_not_passed_by():
    async def work():
        purse = Purse(Budget(dollars=1.0), Charge())
        first = await purse.reserve(Charge(0.75, 1))
        large, small = (asyncio.create_task(purse.reserve(Charge(most, 1))) for most in (0.5, 0.125))
        await asyncio.sleep(0)
        assert not large.done() and not small.done()
        large.cancel()
        purse.settle(first, Charge(0.25, 1))
        assert await small is not None
        assert (purse.spent, purse.reserved) == (Charge(0.25, 1), Charge(0.125, 1))

    asyncio.run(work())


def test_who_is_stopped_when_it_may_go_gives_back_what_it_had():
    async def work():
        purse, flying = Purse(Budget(requests=1), Charge()), Flights(1)
        number = await purse.reserve(Charge(0.5, 1))
        await flying.take_off()
        stopped = [asyncio.create_task(purse.reserve(Charge(0.5, 1))), asyncio.create_task(flying.take_off())]
        await asyncio.sleep(0)
        purse.settle(number, Charge())
        flying.land()
        for task in stopped:  # each has leave to go on, and has not run since
            task.cancel()
        await asyncio.gather(*stopped, return_exceptions=True)
        assert purse.reserved == Charge() and flying.flying == 0

    asyncio.run(work())


def test_the_first_request_flies_alone_until_somebody_was_met():
    async def work():
        flying = Flights(8)
        await flying.take_off()
        others = [asyncio.create_task(flying.take_off()) for _ in range(3)]
        await asyncio.sleep(0)
        assert flying.flying == 1
        flying.faster()
        flying.land()
        await asyncio.gather(*others)
        assert flying.flying == 3

    asyncio.run(work())


def test_nobody_waits_for_a_server_that_is_not_asked_any_more():
    async def work():
        flying = Flights(8)
        flying.slower(500)
        waiting = [asyncio.create_task(flying.take_off()) for _ in range(3)]
        await asyncio.sleep(0)
        assert 499 < flying.pause <= 500
        flying.wait_no_more()
        await asyncio.wait_for(asyncio.gather(*waiting), 5)

    asyncio.run(work())


def test_whatever_comes_the_budget_holds_and_nobody_waits_for_ever():
    async def work(chance, budget):
        purse = Purse(budget, Charge())

        async def one():
            worst = Charge(chance.choice([0.0, 0.1, 0.3, 2.0]), 1, chance.randrange(200))
            if (number := await purse.reserve(worst)) is None:
                return 0
            assert (purse.spent + purse.reserved).dollars <= budget.dollars + 1e-9
            cost = Charge(worst.dollars * chance.random(), 1, chance.randrange(worst.tokens + 1))
            try:
                for _ in range(chance.randrange(4)):
                    await asyncio.sleep(0)
            finally:
                purse.settle(number, cost)
            return 1

        tasks = [asyncio.create_task(one()) for _ in range(60)]
        await asyncio.sleep(0)
        for task in chance.sample(tasks, 5):
            task.cancel()
        done = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
        assert all(isinstance(found, int | asyncio.CancelledError) for found in done)
        assert purse.reserved == Charge()
        assert purse.spent.dollars <= 1.5 and purse.spent.requests <= 20 and purse.spent.tokens <= 2000
        return purse.spent.requests

    for seed in range(100):
        assert asyncio.run(work(Random(seed), Budget(dollars=1.5, requests=20, tokens=2000))) > 3
