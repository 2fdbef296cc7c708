"""Work in several processes: results in order, whoever is done first; the first error, not the quickest."""

import os
import time

import pytest

from pitchpipe_stages.data.processors import available
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


found = []


def load(apart):
    time.sleep(0.3)
    found.append(os.getpid())
    return apart


@pytest.mark.parametrize(("processes", "apart"), [(1, False), (2, True)])
def test_what_the_work_needs_is_loaded_once_and_elsewhere(processes, apart):
    with workers(processes, lambda task: found[-1], load) as crew:
        assert crew.loaded() is apart and crew.is_ready()
        loaders = set(crew.each(range(6)))
        assert len(loaders) == 1 and (loaders != {os.getpid()}) == apart


def refuse(apart):
    raise KeyError("no tokenizer")


def test_what_cannot_be_loaded_is_told_to_all_who_ask():
    with workers(2, slowly, refuse) as crew:
        for _ in range(2):
            with pytest.raises(KeyError, match="no tokenizer"):
                crew.loaded()
        with pytest.raises(KeyError, match="no tokenizer"):
            list(crew.each(range(3)))


def die(task):
    os._exit(9)


@pytest.mark.parametrize("work", [{"work": die}, {"work": slowly, "load": die}])
def test_a_worker_that_dies_is_no_endless_wait(work):
    with workers(2, **work) as crew, pytest.raises(RuntimeError, match="a worker process ended"):
        list(crew.each(range(3)))


def test_a_crew_ends_though_another_goes_on():
    """Each process holds the ends of its own pipes alone."""
    with workers(2, slowly) as one, workers(2, slowly, load) as other:
        assert list(one.each(range(3))) == list(other.each(range(3)))
        one.stop()
        assert list(other.each(range(3))) == [0, 1, 4]


@pytest.mark.parametrize(
    ("quota", "most"), [("max 100000", None), ("150000 100000", 2), ("20000 100000", 1), ("?", None)]
)
def test_a_container_has_as_many_processors_as_it_may_use(tmp_path, quota, most):
    (tmp_path / "cpu.max").write_text(quota)
    cores = len(os.sched_getaffinity(0))
    assert available(tmp_path / "cpu.max") == min(cores, most or cores)
    assert available(tmp_path / "none") == cores
