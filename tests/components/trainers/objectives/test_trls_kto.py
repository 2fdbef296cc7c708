"""The trainer kto beside TRL's own, on the very same ids."""

import copy

import pytest
import torch
from trl import KTOConfig, KTOTrainer

from pitchpipe.records.example import IGNORED, Example
from pitchpipe_components.collators import Packed
from pitchpipe_components.trainers import Kto
from pitchpipe_components.trainers.objectives.mismatched import Mismatched
from tests.components.trainers.objectives.pairs import PLAIN, Compared, as_data, examples, rows, to_train
from tests.packed import small
from tests.tokenizers import bytes_alone

pytestmark = pytest.mark.slow
GOOD = (True, False, False, True, True, False, True, False, False, False, True, True)


class Given(KTOTrainer):
    """TRL's trainer, of ids as they are."""

    def _prepare_dataset(self, dataset, *_, **__):
        return dataset


def judged(made):
    """Good replies, and bad ones alone on the other side."""
    found = examples(made)
    for good, one in zip(GOOD, found, strict=False):
        if good:
            one.rejected = None
        else:
            one.ids = one.labels = []
    return found


def as_trl(made, seed):
    """Each row with the reply to another prompt that ours takes."""
    others = Mismatched(Compared(judged(made)), seed)

    def other(number):
        ((_, example),) = others[number]
        return [label for label in example.labels if label != IGNORED]

    return as_data(
        [
            {
                "prompt_ids": row["prompt_ids"],
                "completion_ids": row["chosen_ids" if good else "rejected_ids"],
                "KL_completion_ids": other(number),
                "label": good,
            }
            for number, (row, good) in enumerate(zip(made, GOOD, strict=False))
        ]
    )


def weights(model):
    return torch.cat([weight.detach().flatten() for weight in model.parameters()])


@pytest.mark.parametrize("loss", ["kto", "apo_zero_unpaired"])
def test_three_steps_end_in_the_same_weights(tmp_path, loss):
    made, model = rows(12), small("Llama", vocab_size=300)
    args = KTOConfig(
        output_dir=str(tmp_path), per_device_train_batch_size=4, learning_rate=0.2, max_steps=3, optim="sgd",
        lr_scheduler_type="constant", logging_steps=1, use_cpu=True, bf16=False, gradient_checkpointing=False,
        report_to="none", save_strategy="no", max_length=None, train_sampling_strategy="sequential", beta=0.4,
        disable_tqdm=True, desirable_weight=1.5, undesirable_weight=0.7, loss_type=loss,
    )  # fmt: skip
    start, other = weights(model), copy.deepcopy(model)
    trl = Given(
        other, copy.deepcopy(model), args=args, train_dataset=as_trl(made, 0), processing_class=bytes_alone()
    )
    trl.train()
    training = to_train(tmp_path, model, judged(made))
    options = {"batch_size": 4, "max_steps": 3, "learning_rate": 0.2, "beta": 0.4, "loss": loss}
    Kto(**options, desirable_weight=1.5, undesirable_weight=0.7, **PLAIN)(training)
    steps = [entry for entry in trl.state.log_history if "loss" in entry]
    for (_, values), entry in zip((one for one in training.logged if "loss" in one[1]), steps, strict=True):
        assert values["loss"] == pytest.approx(entry["loss"], rel=1e-3)
        for name in ("chosen", "rejected"):
            assert values[f"reward_{name}"] == pytest.approx(entry[f"rewards/{name}"], rel=1e-3, abs=1e-4)
        assert values.get("kl", 0) == pytest.approx(entry["kl"], rel=1e-3, abs=1e-4)
    assert loss != "kto" or max(entry["kl"] for entry in steps) > 0  # else the test says nothing of it
    assert (weights(model) - weights(other)).abs().max() < 1e-3 * (weights(other) - start).abs().max()


@pytest.mark.parametrize("packed", [False, True])
def test_the_same_weights_however_a_step_is_cut(tmp_path, packed):
    made, found = judged(rows(6)), []
    for size, accumulate in ((1, 8), (2, 4), (8, 1)):
        model = small("Llama", vocab_size=300)
        training = to_train(tmp_path / f"{size}", model, made, Packed(24) if packed else None)
        Kto(batch_size=size, accumulate=accumulate, max_steps=2, learning_rate=0.2, beta=0.5, **PLAIN)(
            training
        )
        found.append(weights(model))
    moved = (found[0] - weights(small("Llama", vocab_size=300))).abs().max()
    for other in found[1:]:
        assert (other - found[0]).abs().max() < 1e-3 * moved


def test_each_prompt_meets_one_reply_to_another_prompt_for_good():
    made = judged(rows(12))
    for same in (0, 5):
        made[same].ids = [7, 8, 9, 1]
        made[same].labels = [IGNORED, IGNORED, IGNORED, 1]
        made[same].rejected = None
    others, again = Mismatched(Compared(made), 3), Mismatched(Compared(made), 3)
    replies = {}
    for number, one in enumerate(made):
        side = one if len(one.ids) else one.rejected
        begin = next(at for at, label in enumerate(side.labels) if label != IGNORED)
        replies[number] = list(side.ids[:begin]), list(side.ids[begin:])
    for number in range(12):
        ((at, example),) = others[number]
        assert at == number and example == again[number][0][1]
        begin = next(at for at, label in enumerate(example.labels) if label != IGNORED)
        prompt, reply = example.ids[:begin], example.ids[begin:]
        assert prompt == replies[number][0]
        assert any(reply == said[: len(reply)] and asked != prompt for asked, said in replies.values())
    alone = Mismatched(Compared([Example([1, 2], [IGNORED, 2])]), 0)
    assert alone[0][0][1].labels == [IGNORED, 2]
