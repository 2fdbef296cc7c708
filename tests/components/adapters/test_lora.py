"""An adapter comes back as it was saved."""

from pathlib import Path

import torch

from pitchpipe_components.adapters import Lora
from pitchpipe_components.models import Tiny, Transformers

BASE = Path(Tiny().folder)


def test_an_adapter_comes_back_as_it_was_saved(tmp_path):
    ids = torch.arange(10, 40)[None]
    model = Lora(rank=4, seed=1)(Tiny().weights(), [])
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    expected = model.eval()(ids).logits
    model.save_pretrained(tmp_path)
    assert torch.equal(Lora(rank=4).load(Tiny().weights(), tmp_path).eval()(ids).logits, expected)
    assert not torch.allclose(Tiny().weights().eval()(ids).logits, expected)


def test_qlora_still_trains_after_an_evaluation():
    """bitsandbytes loses the gradients of 4-bit weights on some processors, unless it is told not to."""
    model = Lora(rank=4)(Transformers(folder=BASE, quantize="nf4").weights(), [])
    ids = torch.arange(10, 40)[None]

    def gradient():
        model.train()
        model(input_ids=ids, labels=ids).loss.backward()
        found = torch.cat([p.grad.flatten() for n, p in model.named_parameters() if "lora_B" in n])
        model.zero_grad()
        return found

    before = gradient()
    with torch.no_grad():
        model.eval()(ids)
    assert before.abs().sum() > 0 and torch.allclose(gradient(), before, rtol=1e-3, atol=1e-6)
