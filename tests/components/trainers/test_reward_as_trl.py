"""The trainer reward learns as TRL's RewardTrainer does, and Transformers loads what it has saved."""

from copy import deepcopy
from types import SimpleNamespace

import pytest
import torch

import pitchpipe as pp
from pitchpipe_components.collators.padded import Padded
from pitchpipe_components.trainers.loss.batch import Numbered
from pitchpipe_components.trainers.objectives.scores import ScoreObjective
from pitchpipe_stages.model.scorer import scorer, scores
from tests.families import FAMILIES, small

pytestmark = pytest.mark.slow(seconds=15)

PAD = 0
NONE = (
    "mamba",
    "gptj",
    "lfm2",
    "cohere",
    "granite",
    "olmo2",
    "bloom",
)  # Transformers has no such class, or it is not tried


def pairs():
    chance = torch.Generator().manual_seed(0)

    def ids(count):
        return torch.randint(3, 100, (count,), generator=chance).tolist()

    def example(prompt, reply):
        return pp.Example([*prompt, *reply], [pp.IGNORED] * len(prompt) + reply)

    prompts = [ids(5), ids(3), ids(8)]
    return [
        (example(one, ids(4)), example(one, ids(size))) for one, size in zip(prompts, (2, 6, 4), strict=True)
    ]


@pytest.mark.parametrize("center", [0.0, 0.01])
def test_the_loss_and_its_gradients_are_trls(tmp_path, center):
    from datasets import Dataset
    from trl import RewardConfig, RewardTrainer

    from tests.tokenizers import bytes_alone

    model, known = scorer(small("llama"), PAD), pairs()
    trl = deepcopy(model)
    data = Dataset.from_dict(
        {"chosen_ids": [list(a.ids) for a, _ in known], "rejected_ids": [list(b.ids) for _, b in known]}
    )
    args = RewardConfig(
        output_dir=str(tmp_path),
        use_cpu=True,
        bf16=False,
        report_to="none",
        center_rewards_coefficient=center or None,
    )
    tokenizer = bytes_alone()
    trainer = RewardTrainer(trl, args=args, train_dataset=data, processing_class=tokenizer)
    trl.config.pad_token_id = PAD
    trainer.data_collator.pad_token_id = PAD
    expected = trainer.compute_loss(trl, trainer.data_collator(list(data)))
    expected.backward()

    rows = [side for pair in known for side in pair]
    batch = Numbered(None, 1).of(Padded()(rows, PAD), [0, 0, 1, 1, 2, 2], [False, True] * 3)
    objective = ScoreObjective(center)
    objective.attach(SimpleNamespace(added_up=lambda *numbers: list(numbers)))
    found = objective(model, batch, objective.whole([batch], True)).loss
    found.backward()
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)
    for (name, ours), theirs in zip(model.named_parameters(), trl.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-3, atol=1e-6, msg=name)


@pytest.mark.parametrize("family", sorted(set(FAMILIES) - set(NONE)))
def test_families_get_a_head_and_are_loaded_with_it(tmp_path, family):
    from transformers import AutoModelForSequenceClassification

    model = scorer(small(family).eval(), PAD).eval()
    assert scores(model) and not any(weight.is_meta for weight in model.parameters())
    batch = Padded()([side for pair in pairs() for side in pair], PAD)
    del batch["labels"]
    with torch.no_grad():
        said = model(**batch).logits
    assert said.shape == (6, 1)
    model.save_pretrained(tmp_path)
    again = AutoModelForSequenceClassification.from_pretrained(tmp_path).eval()
    with torch.no_grad():
        torch.testing.assert_close(again(**batch).logits, said)


def test_a_family_without_such_a_model_is_refused():
    with pytest.raises(pp.PitchpipeError, match="no reward model of the family mamba"):
        scorer(small("mamba"), PAD)
