"""Quantised weights, frozen: gradients are those of the same weights, dequantised, also after an evaluation."""

from pathlib import Path

import pytest
import torch

from pitchpipe_components.adapters import Lora
from pitchpipe_components.models import Tiny, Transformers

IDS = torch.arange(10, 60)[None]


def quantised(kind):
    return Transformers(folder=Path(Tiny().folder), quantize=kind).weights()


def dense(model):
    """The same model of full weights: those that the quantised ones stand for."""
    plain = Transformers(folder=Path(Tiny().folder)).weights()
    modules = dict(plain.named_modules())
    for name, module in model.named_modules():
        if type(module).__name__ in ("Linear4bit", "Linear8bitLt"):
            with torch.no_grad():
                modules[name].weight.copy_(_numbers(module))
    return plain


def _numbers(module):
    import bitsandbytes.functional as bnb

    weight = module.weight
    if type(module).__name__ == "Linear4bit":
        return bnb.dequantize_4bit(weight.data, weight.quant_state)
    return bnb.int8_vectorwise_dequant(weight.data, weight.SCB)


def gradients(model):
    model.train()
    loss = model(input_ids=IDS, labels=IDS).loss
    loss.backward()
    found = {n: w.grad.clone() for n, w in model.named_parameters() if w.requires_grad}
    model.zero_grad()
    return loss.detach(), found


def adapted(model):
    model = Lora(rank=8, seed=3)(model, [])
    torch.manual_seed(4)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.02)
    return model


# int8 rounds what flows through the layers too, so that its gradients are near the dense ones and not equal.
@pytest.mark.parametrize(("kind", "near"), [("nf4", 1e-4), ("int8", 0.1)])
def test_gradients_are_those_of_the_dense_model_also_after_an_evaluation(kind, near):
    model = quantised(kind)
    reference_loss, reference = gradients(adapted(dense(model)))
    model = adapted(model)
    for _ in range(2):
        loss, found = gradients(model)
        assert torch.allclose(loss, reference_loss, rtol=near)
        assert found.keys() == reference.keys()
        for name, gradient in found.items():
            off = (gradient - reference[name]).norm() / reference[name].norm()
            assert off < near, (name, float(off))
        with torch.no_grad():
            model.eval()(IDS)


def test_nf4_is_quantised_twice_and_the_rest_keeps_its_type():
    model = Transformers(folder=Path(Tiny().folder), quantize="nf4", dtype="bfloat16").weights()
    model = Lora(rank=4)(model, [])
    weights = [w for _, w in model.named_parameters() if type(w).__name__ == "Params4bit"]
    assert len(weights) == 28 and all(w.quant_state.nested for w in weights)
    assert all(w.quant_state.quant_type == "nf4" for w in weights)
    rest = {w.dtype for _, w in model.named_parameters() if w.is_floating_point() and not w.requires_grad}
    assert rest == {torch.bfloat16}  # embeddings, norms and the output layer are not made larger


@pytest.mark.parametrize("kind", ["nf4", "int8"])
def test_an_adapter_on_quantised_weights_learns(kind):
    model = Lora(rank=8)(quantised(kind), [])
    trained = [w for w in model.parameters() if w.requires_grad]
    optimizer, losses = torch.optim.AdamW(trained, lr=1e-2), []
    for _ in range(6):
        loss = model.train()(input_ids=IDS, labels=IDS).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0] - 0.5
