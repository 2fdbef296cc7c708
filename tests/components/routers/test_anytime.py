"""The test of an experiment: how often it finds a winner where there is none, and how soon where there is one."""

import math
from random import Random

import pytest

from pitchpipe_components.routers.anytime import LEAST, OutcomeTally, interval, needed, p_value


def experiment(random: Random, rates: tuple[float, float], share: float, most: int, each: int = 1) -> int:
    """The outcomes until a winner; 0: none was found. A user has `each` outcomes, which are all alike."""
    sides = OutcomeTally(), OutcomeTally()
    for number in range(1, most // each + 1):
        which = random.random() < share
        sides[which].replace((0, 0.0), (each, each * float(random.random() < rates[which])))
        if number > 2 * LEAST and p_value(*sides, 0.1) < 0.05:
            return number * each
    return 0


@pytest.mark.parametrize(("rate", "share", "each"), [(0.5, 0.5, 1), (0.9, 0.1, 1), (0.6, 0.5, 5)])
def test_where_both_are_alike_few_find_a_winner_though_all_look_at_each_outcome(rate, share, each):
    """400 experiments of 250 users: at 5 %, more than 33 winners come less than once in 500 times."""
    random = Random(7)
    found = sum(experiment(random, (rate, rate), share, 250 * each, each) > 0 for _ in range(400))
    assert found <= 33


def test_a_difference_is_found_in_about_as_many_outcomes_as_are_told():
    random = Random(3)
    counts = sorted(experiment(random, (0.6, 0.7), 0.5, 6000) for _ in range(40))
    assert counts[0] > 0, "each of them found it"
    told = needed(0.65, 0.1, 0.05)
    assert told / 2 < counts[20] < told * 2


def test_outcomes_of_few_users_are_not_taken_for_many():
    """Two users with 500 outcomes each say less than 1,000 users."""
    few, many = (OutcomeTally(), OutcomeTally()), (OutcomeTally(), OutcomeTally())
    for side in (0, 1):
        for user in range(500):
            many[side].replace((0, 0.0), (1, float(user % 10 < 5 + 2 * side)))
        for user in range(25):
            few[side].replace((0, 0.0), (20, 20.0 * (user % 10 < 5 + 2 * side)))
    assert p_value(*many, 0.1) < 0.01 < 0.5 < p_value(*few, 0.1)
    assert interval(*many, 0.1, 0.05)[0] > 0 > interval(*few, 0.1, 0.05)[0]


def test_a_small_side_without_a_failure_does_not_look_certain():
    """60 of 60 beside 270 of 300: by its own rate the small side would have no variance at all."""
    large, small = OutcomeTally(), OutcomeTally()
    for user in range(300):
        large.replace((0, 0.0), (1, float(user % 10 > 0)))
    for _ in range(60):
        small.replace((0, 0.0), (1, 1.0))
    assert p_value(large, small, 0.1) > 0.05


def test_sums_by_user_are_those_of_a_direct_count():
    random, users, tally = Random(1), {}, OutcomeTally()
    for _ in range(500):
        user, value = random.randrange(40), random.random()
        before = users.get(user, (0, 0.0))
        users[user] = (before[0] + 1, before[1] + value)
        tally.replace(before, users[user])
    count, total = sum(n for n, _ in users.values()), sum(s for _, s in users.values())
    apart = sum((s - total / count * n) ** 2 for n, s in users.values()) * len(users) / (len(users) - 1)
    assert (tally.users, tally.count) == (len(users), count)
    assert math.isclose(tally.variance(0.0), apart / count**2)


def test_where_nothing_is_known_nothing_is_claimed():
    assert p_value(OutcomeTally(), OutcomeTally(), 0.1) == 1.0
    assert interval(OutcomeTally(), OutcomeTally(), 0.1, 0.05) == (-1.0, 1.0)
