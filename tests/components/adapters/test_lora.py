"""An adapter comes back as it was saved."""

from pathlib import Path

import pytest
import torch

from pitchpipe import PitchpipeError
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


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        (["q_proj", "k_prj"], r"names what the model has not: 'k_prj'\. Did you mean 'k_proj'\?"),
        (["nosuch"], r"'nosuch'\. Known: .*down_proj, .*q_proj"),
        ([], r"targets is empty: nothing would be learned\. Known: .*q_proj"),
        ("all-liner", r"matches none\. Did you mean 'all-linear'\?"),
        ("q_proj", r"such as \S+, and matches none\. .* write a list: targets: \[q_proj\]"),
        ("(q", r"'\(q' is no regular expression"),
        (["norm"], "not supported"),
    ],
)
def test_a_target_that_the_model_has_not_is_refused(targets, words):
    with pytest.raises(PitchpipeError, match=f"adapter lora: .*{words}"):
        Lora(targets=targets)(Tiny().weights(), [])


@pytest.mark.parametrize("targets", [["q_proj", "mlp.up_proj"], r".*layers\.[01]\..*v_proj", "all-linear"])
def test_targets_may_be_names_endings_of_names_or_a_pattern(targets):
    adapted = Lora(targets=targets)(Tiny().weights(), [])
    assert any("lora_A" in name for name, _ in adapted.named_parameters())
