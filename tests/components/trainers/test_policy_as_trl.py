"""The loss of grpo is TRL's: the same completions, rewards and options give the same loss and gradients."""

from copy import deepcopy
from types import SimpleNamespace

import pytest
import torch

import pitchpipe as pp
from pitchpipe_components.collators.padded import Padded
from pitchpipe_components.trainers.loss.batch import PLACES, ROWS, Numbered, without_numbers
from pitchpipe_components.trainers.loss.path import Losses
from pitchpipe_components.trainers.loss.policy import WholeStep, advantages, shares, token_losses

pytestmark = pytest.mark.slow(seconds=12)

PROMPTS, GROUP, PAD, LONGEST, TEMPERATURE = 2, 3, 0, 6, 0.7
LOW, HIGH = 0.2, 0.28
GUESS = 4.85  # what a model that knows nothing says of one of 128 tokens


@pytest.fixture(scope="module")
def made():
    """A small model and a batch of completions: left-padded prompts, right-padded replies of several lengths."""
    from tests.families import small

    model = small("llama").eval()
    chance = torch.Generator().manual_seed(0)
    prompts = torch.randint(3, 100, (PROMPTS, 5), generator=chance).repeat_interleave(GROUP, 0)
    replies = torch.randint(3, 100, (PROMPTS * GROUP, LONGEST), generator=chance)
    lengths = torch.tensor([6, 1, 4, 3, 6, 2])
    mask = (torch.arange(LONGEST) < lengths[:, None]).long()
    prompt_mask = torch.ones_like(prompts)
    prompt_mask[:GROUP, :2] = 0
    rewards = torch.tensor([[1.0, 0.0, 0.5], [0.2, 0.9, 0.1]])
    old = torch.randn(mask.shape, generator=chance) * 0.3 - GUESS
    reference = torch.randn(mask.shape, generator=chance) * 0.3 - GUESS
    batch = {
        "prompt_ids": prompts.masked_fill(prompt_mask == 0, PAD), "prompt_mask": prompt_mask,
        "completion_ids": replies.masked_fill(mask == 0, PAD), "completion_mask": mask,
    }  # fmt: skip
    return SimpleNamespace(model=model, batch=batch, rewards=rewards, old=old, reference=reference)


@pytest.fixture(scope="module")
def trl(made, tmp_path_factory):
    """TRL's trainer; what depends on its options is set for each case."""
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    from tests.tokenizers import bytes_alone

    args = GRPOConfig(
        output_dir=str(tmp_path_factory.mktemp("grpo")), use_cpu=True, report_to="none", bf16=False, logging_steps=1,
        num_generations=GROUP, per_device_train_batch_size=PROMPTS * GROUP, max_completion_length=LONGEST,
        gradient_accumulation_steps=1, temperature=TEMPERATURE,
    )  # fmt: skip
    data = Dataset.from_dict({"prompt": ["a", "b"]})
    trainer = GRPOTrainer(
        deepcopy(made.model), reward_funcs=lambda completions, **_: [0.0] * len(completions), args=args, train_dataset=data,
        processing_class=bytes_alone(),
    )  # fmt: skip
    trainer.current_gradient_accumulation_steps = 1
    return trainer


def theirs(trl, made, kind, beta, advantage, old):
    trl.loss_type, trl.beta = kind, beta
    trl.epsilon_low, trl.epsilon_high = LOW, HIGH
    inputs = {
        **made.batch, "advantages": advantage.flatten(), "old_per_token_logps": old, "ref_per_token_logps": made.reference,
        "num_items_in_batch": made.batch["completion_mask"].sum(),
    }  # fmt: skip
    trl.model.zero_grad()
    loss = trl.compute_loss(trl.model, inputs)
    loss.backward()
    return loss.item(), gradients(trl.model)


def ours(made, kind, beta, advantage, old):
    batch = made.batch
    mask = batch["completion_mask"].bool()
    examples = [
        pp.Example([*prompt[seen.bool()].tolist(), *reply], [pp.IGNORED] * int(seen.sum()) + reply)
        for prompt, seen, reply in zip(
            batch["prompt_ids"], batch["prompt_mask"],
            [row[there].tolist() for row, there in zip(batch["completion_ids"], mask, strict=True)], strict=True,
        )
    ]  # fmt: skip
    numbered = Numbered(None, 1).of(
        Padded()(examples, PAD), list(range(len(examples))), [False] * len(examples)
    )
    rows = numbered[ROWS]
    losses = Losses(made.model, 0.0, 0.0, apart=True, temperature=TEMPERATURE)
    made.model.zero_grad()
    now = -losses(made.model, without_numbers(numbered), numbered[PLACES]).each
    found = token_losses(
        now, now.detach() if old is None else old[mask], made.reference[mask] if beta else None,
        advantage.flatten()[rows], beta, LOW, HIGH,
    )  # fmt: skip
    whole = WholeStep(len(examples), float(mask.sum()), 1)
    loss = (found.losses * shares(kind, rows, torch.ones_like(now), whole, LONGEST)).sum()
    loss.backward()
    return loss.item(), gradients(made.model)


def gradients(model):
    return {name: weight.grad.clone() for name, weight in model.named_parameters()}


@pytest.mark.parametrize("beta", [0.0, 0.1])
@pytest.mark.parametrize("moved", [False, True], ids=["as drawn", "moved since"])
@pytest.mark.parametrize("kind", ["dapo", "grpo", "dr_grpo", "bnpo"])
def test_the_loss_and_its_gradients_are_trls(trl, made, kind, moved, beta):
    advantage = advantages(made.rewards, "group")
    old = made.old if moved else None  # of a model that says other things: some ratios are out of bounds
    (expected, their), (found, our) = (
        ask(made, kind, beta, advantage, old) for ask in (lambda *a: theirs(trl, *a), ours)
    )
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-6)
    assert their.keys() == our.keys()
    largest = max(float(one.abs().max()) for one in their.values())
    assert largest > 0
    for name, gradient in their.items():
        torch.testing.assert_close(
            our[name], gradient, rtol=1e-3, atol=1e-4 * largest, msg=lambda m, n=name: f"{n}: {m}"
        )


@pytest.mark.parametrize("scale", ["group", "batch", "none"])
def test_what_replies_are_worth_is_trls(trl, made, scale, monkeypatch):
    """TRL's own way from rewards to advantages, on completions that it is given."""
    rows = iter(range(PROMPTS * GROUP))

    def reward(completions, **_):
        return [float(made.rewards.flatten()[next(rows)]) for _ in completions]

    monkeypatch.setattr(trl, "beta", 0.0)
    monkeypatch.setattr(trl, "scale_rewards", scale)
    monkeypatch.setattr(trl, "reward_funcs", [reward])
    trl.model.train()
    inputs = [{"prompt": name} for name in "ab" for _ in range(GROUP)]
    found = trl._generate_and_score_completions(inputs)["advantages"]
    spread = float(made.rewards.flatten().std())
    torch.testing.assert_close(advantages(made.rewards, scale, spread).flatten(), found, rtol=1e-4, atol=1e-5)
