"""The sums behind what a run logs: over learned tokens, in all and by source."""

import numpy as np
import pytest
import torch

from pitchpipe_components.trainers.tally import Examined, Noted, NoteTally

CPU = torch.device("cpu")


class Two:
    """Four examples of two sources."""

    def sources(self):
        return ["chats", "tasks"], np.array([0, 1, 1, 0])


class One:
    def sources(self):
        return ["chats"], np.array([0, 0])


def tally(examples, processes=1):
    return NoteTally(["loss"], lambda means: means, examples, CPU, lambda tensor: tensor * processes)


def add(to, losses, owners):
    to.add(noted(losses, owners), len(losses))


def noted(losses, owners):
    return {"loss": Noted(torch.tensor(losses), None if owners is None else torch.tensor(owners))}


def test_means_are_over_tokens_not_over_batches():
    found = tally(Two())
    add(found, [4.0, 2.0, 6.0], [0, 0, 1])
    add(found, [8.0], [3])
    assert found.take() == {
        "loss": 5.0,
        "loss of chats": pytest.approx(14 / 3),
        "loss of tasks": 6.0,
        "tokens": 4,
    }
    add(found, [1.0], [2])
    assert found.take() == {"loss": 1.0, "loss of tasks": 1.0, "tokens": 5}
    assert found.mean() == pytest.approx(21 / 5)


def test_of_one_source_and_of_unknown_examples_the_loss_of_all_is_told():
    found = tally(One())
    add(found, [4.0, 2.0], [0, 1])
    assert found.take() == {"loss": 3.0, "tokens": 2}
    found = tally(Two())
    add(found, [4.0, 2.0], None)
    assert found.take() == {"loss": 3.0, "tokens": 2}


def test_nothing_learned_is_no_loss():
    assert tally(One()).take() == {"tokens": 0}


def test_all_processes_are_added_up():
    found = tally(Two(), processes=2)
    add(found, [4.0, 2.0], [0, 1])
    assert found.take() == {"loss": 3.0, "loss of chats": 4.0, "loss of tasks": 2.0, "tokens": 4}


def test_a_state_goes_on_between_two_logs_and_with_other_sources():
    found = tally(Two())
    add(found, [4.0, 2.0], [0, 1])
    found.take()
    add(found, [3.0], [1])
    again = tally(Two())
    again.restore(found.state())
    for one in (found, again):
        add(one, [5.0], [1])
    assert again.take() == found.take() == {"loss": 4.0, "loss of tasks": 4.0, "tokens": 4}
    assert again.mean() == found.mean()

    class Others:
        def sources(self):
            return ["tasks", "books"], np.array([0, 1])

    others = tally(Others())
    add(found, [3.0], [1])
    others.restore(found.state())
    add(others, [7.0], [1])
    assert others.take() == {"loss": 5.0, "loss of tasks": 3.0, "loss of books": 7.0, "tokens": 6}


def test_of_several_processes_the_first_keeps_the_state():
    found = tally(One())
    add(found, [4.0], [0])
    second = NoteTally(["loss"], lambda means: means, One(), CPU, lambda tensor: tensor, first=False)
    second.restore(found.state())
    assert second.take() == {"tokens": 0}


def test_an_example_that_is_seen_twice_counts_once():
    found = Examined(["loss"], 3, CPU, lambda tensor: tensor)
    found.add(noted([1.0, 3.0], [0, 1]), torch.tensor([0, 1]))
    found.add(noted([6.0, 2.0, 1.0], [2, 2, 0]), torch.tensor([2, 0]))
    assert found.means() == {"loss": pytest.approx((1 + 3 + 8) / 4)}
    unknown = Examined(["loss"], 3, CPU, lambda tensor: tensor)
    unknown.add(noted([1.0, 3.0], None), torch.tensor([0, 1]))
    assert unknown.means() == {"loss": 2}
