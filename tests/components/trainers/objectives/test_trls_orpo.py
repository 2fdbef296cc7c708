"""The trainers orpo, simpo and cpo beside the formulas of TRL's own, on the very same ids."""

import copy
import warnings

import pytest
import torch

from pitchpipe.records.example import IGNORED
from pitchpipe_components.collators import Padded
from pitchpipe_components.trainers import Cpo, Orpo, Simpo
from pitchpipe_components.trainers.learner import Learner
from pitchpipe_components.trainers.settings import arguments
from tests.components.trainers.objectives.pairs import PLAIN, as_data, examples, rows, to_train
from tests.packed import small
from tests.tokenizers import bytes_alone

pytestmark = pytest.mark.slow
# Of a prompt of one token, which nothing predicts: TRL's orpo learns prompts, too.
MADE = rows(4, prompt=(1, 1))
SET = {"batch_size": 4, **PLAIN}
CASES = {
    "orpo": (Orpo(beta=0.4, **SET), {"beta": 0.4}),
    "simpo": (Simpo(beta=2.0, gamma=0.6, **SET), {"beta": 2.0, "simpo_gamma": 0.6, "loss_type": "simpo", "cpo_alpha": 0.0}),
    "simpo, with the replies' own loss": (
        Simpo(beta=2.0, gamma=0.6, sft=0.5, label_smoothing=0.1, **SET),
        {"beta": 2.0, "simpo_gamma": 0.6, "loss_type": "simpo", "cpo_alpha": 0.5, "label_smoothing": 0.1},
    ),
    "cpo": (Cpo(beta=0.3, **SET), {"beta": 0.3}),
    "cpo, hinge": (Cpo(beta=0.3, loss="hinge", sft=0.2, **SET), {"beta": 0.3, "loss_type": "hinge", "cpo_alpha": 0.2}),
    "cpo, ipo": (Cpo(beta=0.3, loss="ipo", **SET), {"beta": 0.3, "loss_type": "ipo"}),
}  # fmt: skip


def theirs(folder, case, model):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from trl.experimental.cpo import CPOConfig, CPOTrainer
        from trl.experimental.orpo import ORPOConfig, ORPOTrainer

        config, trainer = (ORPOConfig, ORPOTrainer) if case == "orpo" else (CPOConfig, CPOTrainer)
        args = config(
            output_dir=str(folder), use_cpu=True, bf16=False, gradient_checkpointing=False, report_to="none",
            remove_unused_columns=False, **CASES[case][1],
        )  # fmt: skip
        texts = as_data([{"prompt": "a", "chosen": "b", "rejected": "c"}] * 2)  # it tokenises some itself
        return trainer(model, args, train_dataset=texts, processing_class=bytes_alone())


def batch(made):
    found = {}
    for name, side in (("chosen", made), ("rejected", [one.rejected for one in made])):
        for key, value in Padded()(side, 0).items():
            found[f"{name}_{key}"] = value
    assert (found["chosen_labels"] != IGNORED).any()
    return found


@pytest.mark.parametrize("case", CASES)
def test_loss_rewards_and_gradients(tmp_path, case):
    made, model = examples(MADE), small("Llama", vocab_size=300)
    trl, options = theirs(tmp_path, case, copy.deepcopy(model)), CASES[case][0]
    expected, metrics = trl.get_batch_loss_metrics(trl.model, batch(made))
    expected.backward()
    training = to_train(tmp_path, model, made)
    learner = Learner(training, arguments(options, training), options.objective())
    learner.model.train()
    own = learner.data_collator([learner.batches.dataset[at] for at in range(4)])
    found = learner.compute_loss(model, own, num_items_in_batch=learner.objective.whole([own], True))
    found.backward()
    assert found.item() == pytest.approx(expected.item(), rel=1e-4)
    told = learner.tally.take()
    assert told["loss"] == pytest.approx(found.item(), rel=1e-5)
    for name, called in (("chosen", "chosen"), ("rejected", "rejected"), ("accuracy", "accuracies")):
        assert told[f"reward_{name}"] == pytest.approx(metrics[f"rewards/{called}"], rel=1e-4)
    of_trl = dict(trl.model.named_parameters())
    largest = max(float(weight.grad.abs().max()) for weight in of_trl.values())
    for name, weight in model.named_parameters():
        assert (weight.grad - of_trl[name].grad).abs().max() < 1e-4 * largest, name


def test_a_reply_that_is_certain_has_finite_odds():
    from pitchpipe_components.trainers.objectives.pair_losses import Compared, Strength, odds_ratio

    sure, unsure = torch.tensor([0.0], requires_grad=True), torch.tensor([-3.0], requires_grad=True)
    one = torch.tensor([1])
    loss = odds_ratio(Compared(sure, unsure, one, one, torch.zeros(1)), Strength(0.1))
    loss.backward()
    assert torch.isfinite(loss) and torch.isfinite(sure.grad) and torch.isfinite(unsure.grad)
