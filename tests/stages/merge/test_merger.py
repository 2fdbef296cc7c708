"""A merged model says what its base says with the adapter on it; one that does not is refused and gone."""

import pytest
import torch
from safetensors.torch import load_file, save_file

from pitchpipe.host.contracts import Prompt
from pitchpipe_components.adapters import Lora
from pitchpipe_components.models import Tiny
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.merge.merger import Merger, NotMerged

TEXTS = ["Name the capital of Peru.", "Say kiro twice.", "a", "Which color has a leaf?"]


def prompts():
    tokenizer = Tiny().tokenizer()
    return [Prompt(text, tokenizer(text)["input_ids"], text, "") for text in TEXTS]


def trained(folder, **options):
    """An adapter as training leaves it: far from the zeros that it begins with."""
    adapter = Lora(rank=4, **options)
    model = adapter(Tiny().weights(), [])
    torch.manual_seed(1)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            weight.data.normal_(std=0.05)
    model.save_pretrained(folder)
    return adapter


def merger(adapter, **more):
    return Merger(adapter, Tiny().tokenizer(), [0], prompts(), RichConsole(quiet=True), **more)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapter")
    return trained(folder), folder


def merged(place, folder, spoil=None, **more):
    """Merges; `spoil` changes the weights that were written, as a fault in merging would."""
    adapter, saved = place

    def finish(whole, there):
        if spoil:
            file = there / "model.safetensors"
            save_file(spoil(load_file(file)), file, {"format": "pt"})

    return merger(adapter, **more).merge(
        folder, lambda: adapter.load(Tiny().weights(), saved), lambda there, _: Tiny().weights(there), finish
    )


@pytest.mark.parametrize("dtype", [None, "bfloat16", "float16"])
def test_what_was_merged_says_the_same(place, tmp_path, dtype):
    proof = merged(place, tmp_path / "whole", dtype=dtype)
    assert proof.failures == [] and proof.layers.compared == 28 and proof.agreement.answers == len(TEXTS)
    kinds = {weight.dtype for weight in load_file(tmp_path / "whole/model.safetensors").values()}
    assert kinds == {getattr(torch, dtype or "float32")}
    assert [path.name for path in tmp_path.iterdir()] == ["whole"]


def left_out(weights):
    """One of the layers is as in the base."""
    base = Tiny().weights().state_dict()
    return weights | {name: base[name] for name in ["model.layers.1.mlp.up_proj.weight"]}


def too_strong(weights):
    """The strength of the adapter is taken twice."""
    base = Tiny().weights().state_dict()
    return {name: weight + (weight - base[name]) for name, weight in weights.items()}


def turned(weights):
    """A square matrix is transposed, as where somebody forgets how GPT-2 keeps its weights."""
    name = "model.layers.0.self_attn.q_proj.weight"
    return weights | {name: weights[name].T.contiguous()}


def other_base(weights):
    """What was learned is added to another revision of the base."""
    torch.manual_seed(2)
    return {name: weight + torch.randn_like(weight) * 0.01 for name, weight in weights.items()}


def not_numbers(weights):
    name = "model.norm.weight"
    return weights | {name: weights[name] * float("nan")}


SPOILT = [(spoil, None) for spoil in (left_out, too_strong, turned, other_base, not_numbers)]


@pytest.mark.parametrize(("spoil", "dtype"), [*SPOILT, (left_out, "bfloat16")])
def test_what_was_merged_wrong_is_refused_and_leaves_nothing(place, tmp_path, spoil, dtype):
    kind = getattr(torch, dtype or "float32")

    def spoilt(weights):
        found = spoil({name: weight.float() for name, weight in weights.items()})
        return {name: weight.to(kind) for name, weight in found.items()}

    with pytest.raises(NotMerged) as refused:
        merged(place, tmp_path / "whole", spoilt, dtype=dtype)
    assert "up_proj" in str(refused.value) or spoil is not left_out
    assert list(tmp_path.iterdir()) == []
