"""The fast loss teaches what a model's own teaches: loss, gradients and three steps, in many families."""

import copy

import pytest
import torch
import transformers

from pitchpipe_components.adapters.lora import Lora
from pitchpipe_components.trainers.loss.chunked import Finish
from pitchpipe_components.trainers.loss.forward import learned_places
from pitchpipe_components.trainers.loss.path import Losses
from tests.packed import SMALL

pytestmark = pytest.mark.slow
NO_DROPOUT = {
    "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0, "dropout": 0.0, "attention_dropout": 0.0, "hidden_dropout": 0.0,
}  # fmt: skip
EXPERTS = {"num_experts": 4, "num_local_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 32}
# Families, what their configs need, and what they do to their logits.
FAMILIES = {
    "Llama": {}, "Qwen2": {}, "Qwen3": {}, "Mistral": {}, "Gemma": {}, "Gemma2": {"final_logit_softcapping": 3.0},
    "Gemma3Text": {}, "Phi": {}, "Phi3": {"eos_token_id": 1}, "GPT2": {"n_embd": 32, "n_layer": 2, "n_head": 4},
    "GPTJ": {"n_embd": 32, "n_layer": 2, "n_head": 4, "rotary_dim": 8}, "GPTNeoX": {}, "OPT": {"ffn_dim": 64, "word_embed_proj_dim": 32},
    "Falcon": {"head_dim": None, "alibi": False}, "Bloom": {"n_layer": 2, "n_head": 4}, "Granite": {"logits_scaling": 8.0},
    "Cohere": {"logit_scale": 0.25}, "Cohere2": {"logit_scale": 0.25}, "Mixtral": EXPERTS, "Qwen2Moe": {**EXPERTS, "shared_expert_intermediate_size": 32},
    "Qwen3Moe": EXPERTS, "GptOss": EXPERTS, "Olmo2": {}, "StableLm": {}, "Starcoder2": {}, "Nemotron": {}, "Glm4": {}, "SmolLM3": {},
    "Mamba": {"state_size": 4},
}  # fmt: skip


def build(name):
    options = {
        key: value for key, value in {**SMALL, **NO_DROPOUT, **FAMILIES[name]}.items() if value is not None
    }
    torch.manual_seed(0)
    config = getattr(transformers, f"{name}Config")(**{"bos_token_id": 1, "eos_token_id": 1, **options})
    return transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager").train()


def batch(step):
    made = torch.Generator().manual_seed(step)
    ids = torch.randint(1, 96, (2, 13), generator=made)
    labels = ids.clone()
    labels[0, :6] = labels[1, :2] = -100
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": labels}


def three_steps(model, loss_of):
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(learned, lr=0.05)
    losses, gradients = [], None
    for step in range(3):
        loss = loss_of(model, batch(step))
        loss.backward()
        gradients = gradients or [p.grad.clone() for p in learned if p.grad is not None]
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses, gradients, [parameter.detach() for parameter in learned]


WITH_LORA = ("Llama", "Gemma2", "GPT2", "Falcon", "Granite", "Mixtral", "GptOss", "Mamba")


@pytest.mark.parametrize(
    ("name", "adapter"), [*((name, "full") for name in FAMILIES), *((name, "lora") for name in WITH_LORA)]
)
def test_three_steps_are_those_of_the_models_own_loss(name, adapter):
    model = build(name)
    if adapter == "lora":
        targets = ["in_proj", "x_proj"] if name == "Mamba" else "all-linear"
        model = Lora(rank=4, targets=targets)(model, [])
    other = copy.deepcopy(model)
    fast = Losses(model, smoothing=0.0, aux_weight=0.0)
    assert fast.why_plain == ""

    def ours(model, batch):
        places = learned_places(batch["labels"], 1)
        return fast(model, batch, places).loss / len(places)

    found = three_steps(model, ours)
    expected = three_steps(other, lambda model, batch: model(**batch, use_cache=False).loss)
    assert found[0] == pytest.approx(expected[0], rel=1e-4)
    for one, two in zip([*found[1], *found[2]], [*expected[1], *expected[2]], strict=True):
        assert (one - two).abs().max() <= 2e-3 * two.abs().max() + 1e-6
    assert any(gradient.any() for gradient in found[1])


@pytest.mark.parametrize(
    ("name", "finish"),
    [("Gemma2", Finish(cap=3.0)), ("Granite", Finish(1 / 8)), ("Cohere", Finish(0.25)), ("Llama", Finish())],
)
def test_what_a_family_does_to_its_logits_is_found(name, finish):
    assert Losses(build(name), 0.0, 0.0).finish == finish


def test_routers_of_experts_add_their_part():
    model = build("Mixtral")
    other = copy.deepcopy(model)
    made = batch(0)
    places = learned_places(made["labels"], 1)
    found = Losses(model, 0.0, aux_weight=0.5)(model, made, places)
    other.config.output_router_logits, other.router_aux_loss_coef = True, 0.5
    expected = other(**made, use_cache=False)
    assert found.aux_loss > 0
    assert (found.loss / len(places) + 0.5 * found.aux_loss).item() == pytest.approx(
        expected.loss.item(), rel=1e-5
    )
