"""What fails, fails alone: the others say what they say without it, and the engine goes on."""

import random
import threading

import pytest
import torch

from pitchpipe.host.contracts import Sampling
from pitchpipe.host.serving import Declined, Wish
from tests.stages.serve.engine.running import Told, engine_of, generated, loud, prompts

BROKEN = 77  # a token whose embedding is no number


@pytest.fixture
def model():
    return loud("llama")


def test_a_row_that_makes_no_numbers_fails_alone(model):
    asked = [[token for token in ids if token != BROKEN] or [5] for ids in prompts(8)]
    asked[3] = [5, BROKEN, 6, 7]
    with engine_of(model, rows=3) as engine:
        with torch.no_grad():
            model.get_input_embeddings().weight[BROKEN] = torch.nan
            model.get_output_embeddings().weight[BROKEN] = 0
        told = Told(engine)
        for at, ids in enumerate(asked):
            told.ask(ids, 12, Wish(Sampling(1.0, top_p=0.9), seed=at) if at == 6 else None)
        told.ask([BROKEN], 5, Wish(Sampling(0.7)))
        told.wait()
        assert told.failures() == [3, 8] and engine.alive
    for at, ids in enumerate(asked):
        if at not in (3, 6):
            assert told.tokens(at) == generated(model, ids, 12), at


def test_a_pass_that_fails_is_tried_in_halves_until_one_fails_alone(model):
    def heavy(module, given):
        """As where memory ends: no pass of more than two rows, and none with one token."""
        if len(given[0]) > 2 or (given[0] == BROKEN).any():
            raise torch.OutOfMemoryError("out of memory")

    asked = [[token for token in ids if token != BROKEN] or [5] for ids in prompts(7)]
    asked[2] = [3, BROKEN]
    expected = {at: generated(model, ids, 9) for at, ids in enumerate(asked) if at != 2}
    with engine_of(model, rows=7) as engine:
        model.get_input_embeddings().register_forward_pre_hook(heavy)
        told = Told(engine)
        for ids in asked:
            told.ask(ids, 9)
        told.wait()
        assert told.failures() == [2] and engine.alive
    for at, tokens in expected.items():
        assert told.tokens(at) == tokens, at


def test_prompts_that_cannot_be_read_are_declined(model):
    with engine_of(model, room=64) as engine:
        told = Told(engine)
        for ids in ([], [3, 128], [-1], [3] * 64):
            told.ask(ids)
        told.ask([3, 4], adapter="nobody")
        told.wait()
        assert [type(steps[0]) for steps in told.steps] == [Declined] * 5
        assert "memory is for 64" in str(told.steps[3][0])


def test_who_cannot_be_told_has_left(model):
    with engine_of(model) as engine:
        told = Told(engine)
        deaf = told.ask([3, 4], 100_000)
        deaf.tell = lambda step: 1 / 0
        told.ask([5, 6, 7], 9)
        told.wait(1)
        assert told.tokens(1) == generated(model, [5, 6, 7], 9)
    assert deaf.left and len(deaf.written) < 1000


def test_memory_that_ends_lets_the_last_ones_wait(model):
    asked = prompts(6, lengths=(7, 20, 40))
    with engine_of(model, rows=6, room=700) as engine:
        told = Told(engine)
        for ids in asked:
            told.ask(ids, 60)
        told.wait()
    for at, ids in enumerate(asked):
        assert told.tokens(at) == generated(model, ids, 60), at


def test_rows_come_and_leave_at_any_moment(model):
    chance, asked = random.Random(3), prompts(40)
    with engine_of(model, rows=5) as engine:
        told, going = Told(engine), threading.Event()
        for at, ids in enumerate(asked):
            row = told.ask(ids, chance.choice([1, 4, 9, 25]))
            if at % 3 == 0:
                threading.Timer(chance.random() * 0.2, lambda row=row: setattr(row, "left", True)).start()
            going.wait(chance.random() * 0.01)
        for at in range(40):
            while not told.rows[at].left:
                going.wait(0.01)
    assert not told.failures()
    for at, ids in enumerate(asked):
        expected = generated(model, ids, told.rows[at].most)
        assert told.tokens(at) == (expected if at % 3 else expected[: len(told.steps[at])]), at


def test_the_end_lets_answers_finish_or_tells_them(model):
    with engine_of(model) as engine:
        told = Told(engine)
        told.ask([3, 4], 20)
        told.ask([5], 100_000, Wish(bias={2: -100}))
        told.wait(1)
        engine.close(grace=0.2)
        late = told.ask([3, 4], 20)
    assert told.failures() == [1, 2] and late.left
    assert [told.steps[at][-1].status for at in (1, 2)] == [503, 503]
