"""Work in several processes: results in order, whoever is done first; the first error, not the quickest."""

import os
import time

import pytest

from pitchpipe_stages.data.workers import workers


def slowly(number):
    time.sleep(0.2 if number % 3 == 0 else 0.0)
    if number in (6, 7):
        raise ValueError(f"task {number}")
    return number * number


@pytest.mark.parametrize("processes", [1, 2, 5])
def test_results_come_in_order(processes):
    with workers(processes, slowly) as crew:
        assert list(crew.each(range(6))) == [0, 1, 4, 9, 16, 25]
        assert list(crew.each(range(3))) == [0, 1, 4]


@pytest.mark.parametrize("processes", [1, 3])
def test_the_first_error_is_raised(processes):
    with workers(processes, slowly) as crew, pytest.raises(ValueError, match="task 6"):
        list(crew.each(range(12)))


def who(seconds):
    time.sleep(seconds)
    return os.getpid()


def test_whoever_is_done_takes_the_next_task():
    """Beside the one that takes long, its process has one more waiting: the others do not wait behind it."""
    with workers(2, who) as crew:
        did = list(crew.each([1.0, *[0.01] * 9]))
    assert did.count(did[0]) == 2 and len(set(did)) == 2
