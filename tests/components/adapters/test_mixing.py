"""Adapters that are added up are what the whole models, merged one by one, are when they are added up."""

import json

import pytest
import torch

from pitchpipe import PitchpipeError
from pitchpipe_components.adapters import Ia3, Lora
from pitchpipe_components.adapters.lora import Lora as LoraClass
from tests.families import small

NEW = [5, 6]


def saved(folder, adapter, seed, family="llama", new=NEW, tied=True):
    """An adapter that has learned something."""
    model = adapter(small(family, tied), new)
    torch.manual_seed(seed)
    for weight in model.parameters():
        if weight.requires_grad:
            weight.data += 0.1 * torch.randn_like(weight)
    model.save_pretrained(folder)
    return folder


def whole(folder, family="llama", tied=True):
    adapter = LoraClass()
    return adapter.merged(adapter.load(small(family, tied), folder)).state_dict()


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_what_each_adds_to_the_base_is_added_up(tmp_path, family, tied):
    kinds = [Lora(rank=4), Lora(rank=2, alpha=3, rslora=True), Lora(rank=3, rslora=True)]
    folders = [saved(tmp_path / str(n), kind, n, family=family, tied=tied) for n, kind in enumerate(kinds)]
    weights = [0.7, 0.5, -0.2]
    for order in ([0, 1, 2], [1, 2, 0]):  # PEFT takes the strength of the first
        first, *others = [folders[n] for n in order]
        adapter = LoraClass()
        model = adapter.load(small(family, tied), first)
        mixed = adapter.mixed(model, first, others, [weights[n] for n in order])
        found, base = adapter.merged(mixed).state_dict(), small(family, tied).state_dict()
        parts = [whole(folder, family, tied) for folder in folders]
        for name, value in base.items():
            added = sum(weight * (part[name] - value) for weight, part in zip(weights, parts, strict=True))
            assert torch.allclose(found[name], value + added, atol=1e-5), name


def test_one_alone_may_be_weaker(tmp_path):
    folder, adapter = saved(tmp_path, Lora(rank=4), 0), LoraClass()
    found = adapter.merged(adapter.mixed(adapter.load(small("llama", True), folder), folder, [], [0.5]))
    base, full = small("llama", True).state_dict(), whole(folder)
    for name, value in found.state_dict().items():
        assert torch.allclose(value, (base[name] + full[name]) / 2, atol=1e-5), name


REFUSED = {
    "dora": (Lora(dora=True), NEW, "no DoRA"),
    "whole": (Lora(train_also=["norm"]), NEW, "no modules that were trained whole"),
    "ia3": (Ia3(), [], "no other kind of adapter"),
    "tokens": (Lora(), [5, 7], "trained with different templates or tokens"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_added_up_is_refused(tmp_path, name):
    kind, new, words = REFUSED[name]
    first, other = saved(tmp_path / "a", Lora(), 0), saved(tmp_path / "b", kind, 1, new=new)
    adapter = LoraClass()
    with pytest.raises(PitchpipeError, match=words):
        adapter.mixed(adapter.load(small("llama", True), first), first, [other], [1.0, 1.0])


@pytest.mark.parametrize("name", ["base_model_name_or_path", "revision"])
def test_another_base_is_refused(tmp_path, name):
    first, other = (saved(tmp_path / folder, Lora(), 0) for folder in "ab")
    file = other / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {name: "elsewhere"}))
    adapter = LoraClass()
    with pytest.raises(PitchpipeError, match="Only adapters of one base can be merged together"):
        adapter.mixed(adapter.load(small("llama", True), first), first, [other], [1.0, 1.0])


def test_another_template_is_refused(tmp_path):
    first, other = (saved(tmp_path / folder, Lora(), 0) for folder in "ab")
    (first / "chat_template.jinja").write_text("{{ messages }}")
    (other / "chat_template.jinja").write_text("{{ messages[0] }}")
    adapter = LoraClass()
    with pytest.raises(PitchpipeError, match="Train both with one template"):
        adapter.mixed(adapter.load(small("llama", True), first), first, [other], [1.0, 1.0])
