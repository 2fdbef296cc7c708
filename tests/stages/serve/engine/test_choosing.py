"""The next token of each row, beside Transformers' own generation and the arithmetic that OpenAI documents."""

from collections import Counter

import pytest
import torch

from pitchpipe.host.contracts import Sampling
from pitchpipe.host.serving import Wish
from pitchpipe_stages.serve.engine.choosing import choose
from pitchpipe_stages.serve.engine.row import AnswerRow
from tests.stages.serve.engine.running import Told, engine_of, generated, loud, prompts


@pytest.fixture(scope="module")
def model():
    return loud("llama")


def row(**wish):
    return AnswerRow([3], Wish(**wish), 99, lambda step: None)


def test_seeds_say_the_same_alone_and_in_a_crowd(model):
    wishes = [
        Wish(Sampling(1.0), seed=1), Wish(Sampling(2.0, top_k=5), seed=1), Wish(Sampling(0.7, top_p=0.8), seed=-1),
        Wish(Sampling(1.5, min_p=0.1), seed=7), Wish(), Wish(Sampling(1.0), seed=1, frequency_penalty=1.5),
    ]  # fmt: skip
    ids = prompts(1, lengths=(9,))[0]
    alone = []
    with engine_of(model) as engine:
        for wish in wishes:
            told = Told(engine)
            told.ask(ids, 25, wish)
            told.wait()
            alone.append(told.tokens(0))
        crowd = Told(engine)
        for wish in wishes:
            crowd.ask(ids, 25, wish)
        crowd.wait()
    assert [crowd.tokens(at) for at in range(len(wishes))] == alone
    assert alone[4] == generated(model, ids, 25) and len(set(map(tuple, alone))) == len(wishes)


def test_answers_of_one_request_have_chances_of_their_own():
    draws = []
    for number in range(4):
        one = AnswerRow([3], Wish(Sampling(1.0), seed=-1), 9, lambda step: None, number=number)
        draws.append(one.chance.random())
    assert len(set(draws)) == 4


def test_shares_are_those_that_are_asked_for():
    logits = torch.tensor([[2.0, 1.0, 0.0, -1.0, -torch.inf]])
    one = row(sampling=Sampling(0.8, top_k=3), seed=0)
    counts = Counter(choose([one], logits)[0][0] for _ in range(1500))
    expected = (logits[0, :3] / 0.8).softmax(-1)
    assert set(counts) == {0, 1, 2}
    assert [counts[token] / 1500 for token in range(3)] == pytest.approx(expected.tolist(), abs=0.05)


@pytest.mark.parametrize("temperature", [1e-38, 1e-9, 2, 100.0])
def test_no_temperature_breaks_it(temperature):
    token, _ = choose([row(sampling=Sampling(temperature, top_p=0.5))], torch.tensor([[3.0, 50.0, 1e30]]))[0]
    assert token == 2


def test_bias_and_penalties_are_openai_s():
    one = row(frequency_penalty=0.5, presence_penalty=0.25, bias={0: -100, 4: 3.1, 99: 5.0})
    one.written += [1, 1, 2]
    logits = torch.tensor(
        [[9.0, 3.0, 2.4, 1.6, -1.0]]
    )  # less 1.25 for 1, that was written twice, and 0.75 for 2
    assert choose([one], logits)[0][0] == 4
    one.wish.bias[4] = 2.7
    assert choose([one], logits)[0][0] == 1
    assert logits[0, 0] == 9.0


def test_log_probabilities_are_the_model_s_own():
    logits = torch.tensor([[2.0, 1.0, 0.0], [0.0, 5.0, 1.0]])
    rows = [row(logprobs=2, bias={2: 50}, sampling=Sampling(0.1), seed=0), row(logprobs=0)]
    (token, (own, others)), (second, (_, none)) = choose(rows, logits)
    expected = logits[0].log_softmax(-1)
    assert token == 2 and own == pytest.approx(float(expected[2]))
    assert [one for one, _ in others] == [0, 1] and second == 1 and none == []


@pytest.mark.parametrize("broken", [torch.nan, torch.inf, -torch.inf])
def test_what_is_no_number_fails_its_row_alone(broken):
    logits = torch.tensor([[1.0, 2.0], [broken, broken], [broken, broken], [2.0, 1.0]])
    rows = [row(), row(), row(sampling=Sampling(1.0, top_p=0.5)), row(sampling=Sampling(1e-9))]
    told = choose(rows, logits)
    assert [isinstance(one, Exception) for one in told] == [False, True, True, False]
    assert (told[0][0], told[3][0]) == (1, 0)
