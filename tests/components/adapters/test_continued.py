"""An adapter that was trained before goes on learning, with its own size and targets."""

import json
from pathlib import Path

import pytest
import torch

from pitchpipe import PitchpipeError
from pitchpipe_components.adapters import Ia3, Lora, PromptTuning
from pitchpipe_components.adapters.continued import Continued
from tests.components.adapters.test_every_adapter import changed, logits, step
from tests.families import small


def saved(folder, adapter=None, family="llama", new=(), whole=False):
    """An adapter that was trained and saved."""
    adapted = changed(adapter or Lora(rank=4, targets=["q_proj", "v_proj"]), small(family), new)
    (adapted.merge_and_unload() if whole else adapted).save_pretrained(folder)
    return adapted


@pytest.mark.parametrize(
    "adapter",
    [None, Lora(rank=3, dora=True, rslora=True), Ia3(targets="all-linear")],
    ids=["lora", "dora", "ia3"],
)
def test_it_begins_where_it_ended_and_learns(adapter, tmp_path):
    before = saved(tmp_path, adapter)
    model = Continued(folder=tmp_path)(small("llama"), [])
    assert torch.equal(logits(model), logits(before))
    trained = {name for name, weight in model.named_parameters() if weight.requires_grad}
    assert trained == {name for name, weight in before.named_parameters() if weight.requires_grad}
    assert all(gradient.abs().sum() > 0 for gradient in step(model).values())
    assert not torch.equal(logits(model), logits(before))
    model.save_pretrained(tmp_path / "again")
    again = Continued(folder=tmp_path)
    assert torch.equal(logits(again.load(small("llama"), tmp_path / "again")), logits(model))
    whole = again.merged(again.load(small("llama"), tmp_path / "again"))
    assert torch.allclose(logits(whole), logits(model), atol=1e-4)


def test_rows_of_tokens_go_on_and_others_are_refused(tmp_path):
    saved(tmp_path, new=[5, 6])
    model = Continued(folder=tmp_path)(small("llama"), [5, 6])
    assert any(
        "trainable_tokens" in name for name, weight in model.named_parameters() if weight.requires_grad
    )
    with pytest.raises(PitchpipeError, match=r"no rows for 1 tokens .* \(ids 7\)"):
        Continued(folder=tmp_path)(small("llama"), [5, 7])


def test_it_must_fit_the_model(tmp_path):
    saved(tmp_path)
    with pytest.raises(PitchpipeError, match=r"the adapter in .* does not fit this model"):
        from transformers import AutoModelForCausalLM, LlamaConfig

        wide = LlamaConfig(hidden_size=64, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4)
        Continued(folder=tmp_path)(AutoModelForCausalLM.from_config(wide), [])
    with pytest.raises(PitchpipeError, match="adapter continued: "):
        Continued(folder=tmp_path)(small("gpt2"), [])


def test_another_base_is_told(tmp_path):
    saved(tmp_path)
    config = tmp_path / "adapter_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"base_model_name_or_path": "a/base"}))
    model = small("llama")
    model.name_or_path = "another/base"
    adapter = Continued(folder=tmp_path)
    told = adapter.notes(adapter(model, []))
    assert told == [
        "adapter: it was made for a/base, and is put on another/base: what it has learned may not fit"
    ]
    model = small("llama")
    model.name_or_path = "a/base"
    assert adapter.notes(adapter(model, [])) == []


def test_what_is_no_adapter_is_refused_by_check(tmp_path):
    with pytest.raises(ValueError, match="no adapter in /nowhere"):
        Continued(folder=Path("/nowhere"))
    saved(tmp_path / "whole", whole=True)
    with pytest.raises(ValueError, match=r"it holds a whole model. Name it as the model's `folder`"):
        Continued(folder=tmp_path / "whole")
    saved(tmp_path / "prompt", PromptTuning(tokens=2))
    with pytest.raises(ValueError, match="PROMPT_TUNING, which PEFT cannot go on with"):
        Continued(folder=tmp_path / "prompt")
