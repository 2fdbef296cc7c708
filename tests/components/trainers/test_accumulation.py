"""How a step is cut into batches changes nothing: every learned token of it counts the same."""

import pytest
import torch

from pitchpipe_components.collators import Packed
from pitchpipe_components.trainers.loss.forward import learned_places
from tests.components.trainers.small_training import train
from tests.packed import small, some

pytestmark = pytest.mark.slow
LENGTHS = [
    5,
    31,
    12,
    7,
    22,
    3,
    18,
    9,
    28,
    4,
    16,
    11,
    6,
    25,
]  # of 14 documents: a second step of eight has six
CUTS = ((1, 8), (2, 4), (8, 1))


@pytest.mark.parametrize("packed", [False, True])
def test_the_same_weights_however_a_step_is_cut(tmp_path, packed):
    trained, losses = [], []
    for size, accumulate in CUTS:
        model = small("Llama")
        collator = Packed(32) if packed else None
        logged, result, _ = train(
            tmp_path / f"{size}", model, LENGTHS, collator, batch_size=size, accumulate=accumulate
        )
        trained.append([parameter.detach().clone() for parameter in model.parameters()])
        losses.append([values["loss"] for _, values in logged if "loss" in values])
        assert result["steps"] == len(losses[-1]) == (1 if packed else 2)
    before = list(small("Llama").parameters())
    for other, found in zip(trained[1:], losses[1:], strict=True):
        assert found == pytest.approx(losses[0], rel=1e-5)
        for one, two, start in zip(trained[0], other, before, strict=True):
            assert (one - two).abs().max() <= 1e-2 * (one - start).abs().max()


def test_a_loss_is_the_mean_over_the_learned_tokens_of_the_step(tmp_path):
    """Beside the model's own loss of each document, before the first step."""
    total, count = 0.0, 0
    for one in some(*LENGTHS):
        ids, labels = torch.tensor([one.ids]), torch.tensor([one.labels])
        learned = len(learned_places(labels, 1))
        total += float(small("Llama")(input_ids=ids, labels=labels).loss) * learned
        count += learned
    logged, _, _ = train(tmp_path, small("Llama"), LENGTHS, batch_size=4, accumulate=4)
    first = next(values for _, values in logged if "loss" in values)
    assert first["loss"] == pytest.approx(total / count, rel=1e-5) and first["tokens"] == count


def test_validation_is_a_mean_over_tokens(tmp_path):
    options = {"batch_size": 2, "learning_rate": 1e-9, "log_every": 100}
    logged, _, _ = train(tmp_path, small("Llama"), LENGTHS, validation=LENGTHS[:5], **options)
    total, count = 0.0, 0
    for one in some(*LENGTHS[:5], seed=1):
        learned = len(learned_places(torch.tensor([one.labels]), 1))
        ids, labels = torch.tensor([one.ids]), torch.tensor([one.labels])
        total += float(small("Llama")(input_ids=ids, labels=labels).loss) * learned
        count += learned
    values = {name: value for _, line in logged for name, value in line.items()}
    assert values["eval_loss"] == pytest.approx(total / count, rel=1e-4)


def test_each_source_has_a_loss(tmp_path):
    logged, _, _ = train(
        tmp_path, small("Llama"), LENGTHS, Packed(256), sources=("chats", "tasks"), batch_size=1
    )
    first = next(values for _, values in logged if "loss" in values)
    parts = first["loss of chats"], first["loss of tasks"]
    assert min(parts) < first["loss"] < max(parts)


def test_new_rows_and_lora_learn_in_packed_rows(tmp_path):
    """The usual base model under a chat template; TRL's own loss dies of it."""
    from pitchpipe_components.adapters.lora import Lora

    model = Lora(rank=4)(small("Llama", tie_word_embeddings=True), [3, 95])
    logged, _, said = train(tmp_path, model, LENGTHS, Packed(64), batch_size=1, epochs=3)
    losses = [values["loss"] for _, values in logged if "loss" in values]
    assert losses[-1] < losses[0] and not any("slow" in line for line in said)
