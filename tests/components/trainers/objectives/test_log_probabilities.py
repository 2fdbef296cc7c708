"""What a model says of a reply is the same in padded rows, in packed ones and alone, in any family."""

import pytest
import torch

from pitchpipe.records.example import IGNORED
from pitchpipe_components.collators import Packed, Padded
from pitchpipe_components.trainers import Dpo
from pitchpipe_components.trainers.learner import Learner
from pitchpipe_components.trainers.loss.batch import EXAMPLES, WORSE
from pitchpipe_components.trainers.objectives.reference import FILE, sides
from pitchpipe_components.trainers.settings import arguments
from tests.components.trainers.objectives.pairs import PLAIN, examples, rows, to_train
from tests.families import small

pytestmark = pytest.mark.slow
MADE = rows(5)


def alone(model, example):
    """Of a reply in a batch of its own, by PyTorch from all logits."""
    with torch.no_grad():
        likely = model(input_ids=torch.tensor([example.ids])).logits[0].float().log_softmax(-1)
    learned = [at for at, label in enumerate(example.labels) if label != IGNORED]
    return sum(float(likely[at - 1, example.labels[at]]) for at in learned)


def learner_of(folder, model, collator):
    training, options = to_train(folder, model, examples(MADE), collator, examples(MADE)[:2]), Dpo(**PLAIN)
    return Learner(training, arguments(options, training), options.objective())


@pytest.mark.parametrize("family", ["llama", "gemma2", "qwen3", "gpt2", "granite", "mixtral"])
def test_padded_packed_and_alone(tmp_path, family):
    model, made = small(family, rows=300).eval(), examples(MADE)
    expected = torch.tensor([[alone(model, one), alone(model, one.rejected)] for one in made])
    for collator in (Padded(), Packed(64)):
        learner, found = learner_of(tmp_path, model, collator), torch.zeros(5, 2)
        indices = list(learner.order)
        with learner.training.isolated(model), torch.no_grad():
            batch = learner.data_collator([learner.batches.dataset[index] for index in indices])
            said = learner.objective._said(model.eval(), batch)
        found[batch[EXAMPLES], sides(batch)] = said.sums
        assert len(batch[WORSE]) == 5
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-3)


def test_the_reference_is_the_model_as_it_began_and_is_kept(tmp_path):
    model = small("llama", rows=300)
    expected = torch.tensor(
        [[alone(model.eval(), one), alone(model, one.rejected)] for one in examples(MADE)]
    )
    learner = learner_of(tmp_path, model, Padded())
    learner.objective.begin(learner, lambda *_: None)
    assert (tmp_path / "checkpoints" / FILE).exists()
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.1
    again = learner_of(tmp_path, model, Padded())
    again.objective.begin(again, lambda *_: None)
    batch = again.data_collator([again.batches.dataset[index] for index in range(5)])
    found, at = torch.zeros(5, 2), (batch[EXAMPLES], sides(batch))
    found[at] = again.objective.reference.of("train", batch, torch.zeros(10))
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-3)
    assert again.objective.reference.of("validation", batch, torch.zeros(10)).any()


def test_a_reference_that_is_gone_or_damaged_stops_a_training_that_goes_on(tmp_path):
    from pitchpipe import PitchpipeError

    learner = learner_of(tmp_path, small("llama", rows=300), Padded())
    learner.state.global_step = 3
    with pytest.raises(
        PitchpipeError, match=r"reference.safetensors is gone.* at step 3. Begin it again: rm -r"
    ):
        learner.objective.begin(learner, lambda *_: None)
    (tmp_path / "checkpoints").mkdir(exist_ok=True)
    (tmp_path / "checkpoints" / FILE).write_bytes(b"\x08")
    with pytest.raises(PitchpipeError, match=r"reference.safetensors is damaged"):
        learner.objective.begin(learner, lambda *_: None)
