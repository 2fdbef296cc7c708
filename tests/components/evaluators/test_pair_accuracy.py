"""Which reply of a pair a model holds for the better one."""

from contextlib import nullcontext

import pytest
import torch

import pitchpipe as pp
from pitchpipe_components.collators import Padded
from pitchpipe_components.evaluators.pair_accuracy import pair_accuracy
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.model.scorer import scorer
from tests import families


class Reading(list):
    """A subject that is a list of examples too: what it is asked about."""

    def __init__(self, model, examples):
        super().__init__(examples)
        self.model, self.test, self.console = model.eval(), self, RichConsole(quiet=True)

    def conversations(self):
        return (pp.Conversation((), id=str(at)) for at in range(len(self)))

    def ready(self):
        return nullcontext(self.model)

    def collate(self, examples):
        return Padded()(examples, 0)


def side(prompt, length, random):
    reply = torch.randint(5, 120, (length,), generator=random).tolist()
    return pp.Example([*prompt, *reply], [*[pp.IGNORED] * len(prompt), *reply])


def pairs():
    """Twenty of different lengths, and a reply that was judged alone."""
    random, made = torch.Generator().manual_seed(0), []
    for at in range(20):
        prompt = torch.randint(5, 120, (2 + at % 7,), generator=random).tolist()
        better, worse = (side(prompt, length, random) for length in (3 + at % 5, 4))
        made.append(pp.Example(better.ids, better.labels, worse))
    return [*made, side([5, 6], 3, random)]


def likelihood(model, example):
    logits = model(input_ids=torch.tensor([example.ids])).logits[0, :-1].log_softmax(-1)
    wanted = torch.tensor(example.labels[1:])
    return sum(logits[at, token].item() for at, token in enumerate(wanted.tolist()) if token != pp.IGNORED)


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_the_likelier_reply_of_a_language_model(family):
    made = pairs()
    model = families.small(family)
    with torch.inference_mode():
        (measured,) = pair_accuracy(Reading(model, made), batch_size=3).values()
        hits = {
            str(at): likelihood(model, one) > likelihood(model, one.rejected)
            for at, one in enumerate(made)
            if one.rejected
        }
    assert {id: bool(hit) for id, (hit, _) in measured.items.items()} == hits and len(hits) == 20
    assert 0 < sum(hits.values()) < 20


def test_the_higher_score_of_a_reward_model():
    made, model = pairs(), scorer(families.small("llama"), 0).eval()
    with torch.inference_mode():
        (measured,) = pair_accuracy(Reading(model, made), batch_size=3).values()
        scores = [
            [model(input_ids=torch.tensor([one.ids])).logits.item() for one in (pair, pair.rejected)]
            for pair in made[:-1]
        ]
    hits = [bool(measured.items[str(at)][0]) for at in range(20)]
    assert hits == [better > worse for better, worse in scores] and 0 < sum(hits) < 20


def test_without_pairs_the_cure_is_told():
    with pytest.raises(pp.PitchpipeError, match="must learn pairs"):
        pair_accuracy(Reading(families.small("llama"), pairs()[-1:]))
