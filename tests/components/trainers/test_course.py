"""What counts as a loss that has exploded."""

import math
import random

import pytest

from pitchpipe_components.trainers.course import LONG, Course

GUESS = math.log(32_000)  # 10.4


def stops_at(losses):
    course = Course(GUESS)
    return next((step for step, loss in enumerate(losses, 1) if course.exploded(loss)), None)


@pytest.mark.parametrize(
    ("losses", "step"),
    [
        ([2.0, 2.1, 90, 91], 4),  # far above guessing, twice
        ([2.0, 1.9, 13, 13, 14, 13, 13, 13], 7),  # worse than guessing, five times
        ([2.0, 13, 13, 13, 13, 2.0, 13, 13, 13, 13, 2.0], None),
        ([2.0, 90, 2.0, 90, 1.9], None),  # strange batches
        ([11.5, 11.2, 10.9, 10.8, 10.5, 10.4, 10.4, 9.0], None),  # from random weights
        ([40, 38, 35, 30, 26, 20, 15, 12], None),  # a base that is worse than guessing, and learns
        ([40, 61, 62], 3),
        ([0.01] * 20 + [5.0] * 20, None),  # learned by heart, then other rows
    ],
)
def test_a_loss_has_exploded_when_it_stays_where_no_guess_is_as_bad(losses, step):
    assert stops_at(losses) == step


def test_noise_and_spikes_are_no_explosion():
    for seed in range(20):
        chance = random.Random(seed)
        falling = (1 + 2 * math.exp(-step / 300) + chance.gauss(0, 0.4) for step in range(2000))
        assert stops_at(one * (8 if chance.random() < 0.02 else 1) for one in falling) is None


def test_a_loss_that_stays_high_is_told_once():
    course = Course(GUESS)
    told = [course.high(loss) for loss in [1.5] * 10 + [7.0] * 100]
    assert told.index(True) == 9 + LONG and sum(told) == 1
    course = Course(GUESS)
    assert not any(course.high(loss) for loss in ([1.5] * 10 + [7.0] * 3) * 20)


def test_a_training_that_goes_on_knows_how_low_the_loss_was():
    course = Course(GUESS)
    course.lowest = 2.0
    assert [course.exploded(loss) for loss in (90, 91)] == [0, 2]
