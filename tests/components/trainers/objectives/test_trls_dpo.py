"""The trainer dpo beside TRL's own, on the very same ids: each loss, gradients, and weights after three steps."""

import copy

import pytest
import torch
from trl import DPOConfig, DPOTrainer

from pitchpipe_components.adapters.lora import Lora
from pitchpipe_components.collators import Packed
from pitchpipe_components.trainers import Dpo
from pitchpipe_components.trainers.learner import Learner
from pitchpipe_components.trainers.settings import arguments
from tests.components.trainers.objectives.pairs import PLAIN, as_data, examples, rows, to_train
from tests.packed import small
from tests.tokenizers import bytes_alone

pytestmark = pytest.mark.slow
WITH = {
    "exo_pair": {"label_smoothing": 0.1},
    "robust": {"label_smoothing": 0.2},
    "aot": {"label_smoothing": 0.1},
}
LOSSES = (
    "sigmoid", "hinge", "ipo", "robust", "exo_pair", "nca_pair", "bco_pair", "sppo_hard", "apo_zero",
    "apo_down", "aot", "aot_unpaired", "discopop", "sigmoid_norm",
)  # fmt: skip


class Given(DPOTrainer):
    """TRL's trainer, of ids as they are."""

    def _prepare_dataset(self, dataset, *_, **__):
        return dataset


def theirs(folder, model, made, ref_model=None, **options):
    settings = {
        "output_dir": str(folder), "per_device_train_batch_size": 4, "learning_rate": 0.05, "max_steps": 3,
        "lr_scheduler_type": "constant", "optim": "sgd", "logging_steps": 1, "use_cpu": True, "bf16": False,
        "gradient_checkpointing": False, "report_to": "none", "save_strategy": "no", "max_length": None,
        "train_sampling_strategy": "sequential", "disable_tqdm": True,
    }  # fmt: skip
    args = DPOConfig(**{**settings, **options})
    tokenizer = bytes_alone()
    return Given(model, ref_model, args=args, train_dataset=as_data(made), processing_class=tokenizer)


def moved(model, seed=1):
    """All that is trained, moved by chance."""
    made = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.requires_grad:
                weight += 0.05 * torch.randn(weight.shape, generator=made)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Both trainers, of the same model and pairs, with one reference: the model before it moved."""
    folder, made = tmp_path_factory.mktemp("dpo"), rows(4)
    model = small("Llama", vocab_size=300)
    trl = theirs(folder, copy.deepcopy(model), made, copy.deepcopy(model))
    options = Dpo(batch_size=4, **PLAIN)
    training = to_train(folder, model, examples(made))
    learner = Learner(training, arguments(options, training), options.objective())
    learner.objective.begin(learner, lambda *_: None)
    moved(model)
    moved(trl.model)
    return trl, learner


def gradients(model, loss):
    model.zero_grad()
    loss.backward()
    return {name: weight.grad.clone() for name, weight in model.named_parameters()}


def of_trl(trl, **settings):
    for name, value in settings.items():
        setattr(trl, name, value)
    trl.model.train()
    batch = next(iter(trl.get_train_dataloader()))
    return gradients(trl.model, loss := trl.compute_loss(trl.model, batch)), loss.item()


def ours(learner, options):
    before, learner.objective = learner.objective, options.objective()
    learner.objective.attach(learner)
    learner.objective.reference = before.reference
    learner.model.train()
    batch = learner.data_collator([learner.batches.dataset[at] for at in range(4)])
    loss = learner.compute_loss(
        learner.model, batch, num_items_in_batch=learner.objective.whole([batch], True)
    )
    found = gradients(learner.model, loss), loss.item()
    learner.objective = before
    return found


def must_be_alike(one, other):
    (found, loss), (expected, expected_loss) = one, other
    assert loss == pytest.approx(expected_loss, rel=1e-4)
    largest = max(float(part.abs().max()) for part in expected.values())
    assert largest > 0
    for name, part in expected.items():
        assert (found[name] - part).abs().max() < 1e-4 * largest, name


@pytest.mark.parametrize("loss", LOSSES)
def test_each_loss_and_its_gradients(both, loss):
    trl, learner = both
    more = WITH.get(loss, {})
    options = Dpo(batch_size=4, beta=0.3, loss=loss, **more, **PLAIN)
    settings = {"label_smoothing": 0.0, "ld_alpha": None} | more
    expected = of_trl(trl, beta=0.3, loss_types=[loss], loss_weights=[1.0], **settings)
    must_be_alike(ours(learner, options), expected)


def test_losses_with_weights_beside_the_replies_own(both):
    trl, learner = both
    weights = {"sigmoid": 0.7, "apo_down": 0.2, "sft": 0.5}
    kinds, numbers = list(weights), list(weights.values())
    expected = of_trl(trl, beta=0.1, loss_types=kinds, loss_weights=numbers, ld_alpha=None)
    must_be_alike(ours(learner, Dpo(batch_size=4, loss=weights, **PLAIN)), expected)


def three_steps_of_ours(folder, model, made, collator=None, **options):
    training = to_train(folder, model, examples(made), collator)
    settings = {**PLAIN, "batch_size": 4, "max_steps": 3, "learning_rate": 0.05, **options}
    Dpo(**settings)(training)
    return training.logged


@pytest.mark.parametrize("adapter, beyond", [(False, 1.0), (True, 1.0), (True, 0.3)])
def test_three_steps_end_in_the_same_weights(tmp_path, adapter, beyond):
    made, model = rows(12), small("Llama", vocab_size=300)
    if adapter:
        model = Lora(rank=4, dropout=0.5)(model, [])  # which both leave out
        moved(model, seed=2)  # an adapter that goes on: its own beginning is the reference
    other, before = copy.deepcopy(model), {n: p.detach().clone() for n, p in model.named_parameters()}
    logged = three_steps_of_ours(tmp_path, model, made, beta=0.5, beyond=beyond)
    long = {"ld_alpha": None if beyond == 1 else beyond}
    trl = theirs(tmp_path, other, made, None if adapter else copy.deepcopy(other), beta=0.5, **long)
    trl.train()
    steps = [entry for entry in trl.state.log_history if "loss" in entry]
    for (_, values), entry in zip((one for one in logged if "loss" in one[1]), steps, strict=True):
        assert values["loss"] == pytest.approx(entry["loss"], rel=1e-3)
        for name, called in (
            ("chosen", "chosen"),
            ("rejected", "rejected"),
            ("margin", "margins"),
            ("accuracy", "accuracies"),
        ):
            assert values[f"reward_{name}"] == pytest.approx(entry[f"rewards/{called}"], rel=1e-3, abs=1e-4)
        assert values["grad_norm"] == pytest.approx(entry["grad_norm"], rel=1e-3)
    after = dict(trl.model.named_parameters())
    went = max(float((after[name] - start).abs().max()) for name, start in before.items())
    assert went > 1e-3
    for name, weight in model.named_parameters():
        assert (weight - after[name]).abs().max() < 1e-3 * went, name


@pytest.mark.parametrize("packed", [False, True])
def test_the_same_weights_however_a_step_is_cut(tmp_path, packed):
    made, found = rows(6), []
    for size, accumulate in ((1, 8), (2, 4), (8, 1)):
        model = small("Llama", vocab_size=300)
        more = {
            "batch_size": size,
            "accumulate": accumulate,
            "loss": {"sigmoid": 1, "sft": 0.3},
            "max_steps": 2,
        }
        three_steps_of_ours(tmp_path / f"{size}", model, made, Packed(48) if packed else None, **more)
        found.append(torch.cat([weight.detach().flatten() for weight in model.parameters()]))
    start = torch.cat([weight.detach().flatten() for weight in small("Llama", vocab_size=300).parameters()])
    for other in found[1:]:
        assert (other - found[0]).abs().max() < 1e-3 * (found[0] - start).abs().max()
