"""Plain LoRA layers teach in fewer passes what PEFT's teach; others are left alone."""

import copy

import pytest
import torch
from peft import LoraConfig, get_peft_model

from pitchpipe_components.trainers.lora_linear import fewer_passes
from tests.packed import small

pytestmark = pytest.mark.slow


def adapted(kind=torch.float32, model=None, **options):
    settings = {"r": 4, "lora_alpha": 16, "target_modules": "all-linear", "init_lora_weights": False}
    base = (model or small("Llama", attention_bias=True)).to(kind)
    return get_peft_model(base, LoraConfig(task_type="CAUSAL_LM", **{**settings, **options})).train()


def quantised():
    from bitsandbytes.nn import Linear4bit

    model = small("Llama", hidden_size=64, head_dim=16)
    for name, module in list(model.named_modules()):
        if type(module) is torch.nn.Linear and name != "lm_head":
            layer = Linear4bit(
                module.in_features,
                module.out_features,
                bias=False,
                quant_type="nf4",
                compute_dtype=torch.float32,
            )
            layer.load_state_dict(module.state_dict())
            parent, _, own = name.rpartition(".")
            setattr(model.get_submodule(parent), own, layer)
    return model.to("cpu")


def outcome(model, seed=7):
    """Loss and gradients; the same seed drops the same numbers out."""
    torch.manual_seed(seed)
    ids = torch.randint(1, 96, (2, 13), generator=torch.Generator().manual_seed(0))
    loss = model(input_ids=ids, labels=ids, use_cache=False).loss
    loss.backward()
    found = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    model.zero_grad()
    return loss.item(), found


def replaced(model):
    return sum(
        "forward" in module.__dict__ for name, module in model.named_modules() if name.endswith("_proj")
    )


def must_be_alike(model, count, tolerance=1e-4):
    loss, expected = outcome(copy.deepcopy(model))
    with fewer_passes(model):
        assert replaced(model) == count
        again, found = outcome(model)
    assert replaced(model) == 0
    assert again == pytest.approx(loss, rel=tolerance) and found.keys() == expected.keys()
    for name in expected:
        assert (found[name] - expected[name]).abs().max() <= 10 * tolerance * expected[name].abs().max(), name


@pytest.mark.parametrize("options", [{}, {"lora_dropout": 0.3}, {"use_rslora": True}])
def test_loss_and_gradients_are_pefts(options):
    must_be_alike(adapted(**options), 14)


def test_with_checkpointing_they_are():
    model = adapted()
    model.enable_input_require_grads()
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    must_be_alike(model, 14)


def test_quantised_layers_too():
    must_be_alike(adapted(model=quantised()), 14)


class OneLayer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(64, 96)

    def forward(self, x):
        return self.layer(x)


def test_half_precision_is_nearer_to_single_than_pefts():
    torch.manual_seed(0)
    model = get_peft_model(OneLayer(), LoraConfig(r=4, target_modules=["layer"], init_lora_weights=False))
    given, of_output = torch.randn(50, 64), torch.randn(50, 96)

    def numbers(half):
        x = given.clone().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            output = model(x).float()
        model.zero_grad()
        output.backward(of_output)
        return [output.detach(), x.grad, *(p.grad for p in model.parameters() if p.requires_grad)]

    exact, pefts = numbers(False), numbers(True)
    with fewer_passes(model):
        ours = numbers(True)
    for one, other, wanted in zip(ours, pefts, exact, strict=True):
        assert one.dtype == torch.float32
        assert (one - wanted).norm() <= 1.001 * (other - wanted).norm() < 0.01 * wanted.norm()


@pytest.mark.parametrize("options", [{"use_dora": True}, {"lora_bias": True}])
def test_what_is_more_than_lora_keeps_pefts_code(options):
    must_be_alike(adapted(**options), 14)


def test_an_adapter_that_is_switched_off_adds_nothing():
    model = adapted()
    ids = torch.arange(1, 9)[None]
    with torch.no_grad(), model.disable_adapter():
        expected = model(input_ids=ids).logits
        with fewer_passes(model):
            assert torch.equal(model(input_ids=ids).logits, expected)
    with torch.no_grad(), fewer_passes(model):
        assert not torch.equal(model(input_ids=ids).logits, expected)
