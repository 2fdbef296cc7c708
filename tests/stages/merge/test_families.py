"""Models that others wrote are merged and proven as they are, whatever their layers are called and tied to."""

import pytest
import torch

from pitchpipe.host.contracts import Prompt
from pitchpipe_components.adapters import Ia3, Lora
from pitchpipe_components.models import Transformers
from pitchpipe_components.models.tiny.seq2seq import TinySeq2seq
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.merge.merger import Merger
from tests.families import small
from tests.tokenizers import bytes_alone

NAMED = ["q_proj", "v_proj"]
WHERE = {  # what is adapted, of which family, with which tokens that are new, tied or not
    "biases": (Lora(rank=4), "qwen2", [5, 6], True),
    "rows": (Lora(rank=4), "gpt2", [5, 6], True),
    "dora": (Lora(rank=4, dora=True, rslora=True), "gpt2", [5], False),
    "scaled": (Lora(rank=4, dora=True), "gemma3_text", [5], True),
    "experts": (Lora(rank=4), "mixtral", [5], False),
    "vectors": (Ia3(), "llama", [], False),
    "whole": (
        Lora(rank=4, targets=NAMED, train_also=["embed_tokens", "lm_head", "norm"]),
        "llama",
        [5],
        False,
    ),
    "tied": (Lora(rank=4, targets=NAMED, train_also=["lm_head"]), "llama", [5], True),
    "states": (Lora(rank=4, targets=["in_proj", "x_proj"]), "mamba", [5], True),
}


def prompts(most=100):
    return [Prompt(f"{n}", list(range(n, most, n)), f"{n}", "") for n in (7, 11, 30)]


def proof_of(adapter, base, folder, new, dtype=None):
    model = adapter(base.weights(), new)
    torch.manual_seed(1)
    for weight in model.parameters():
        if weight.requires_grad:
            weight.data += 0.05 * torch.randn_like(weight)
    model.save_pretrained(folder / "adapter")
    return Merger(adapter, bytes_alone(), [0], prompts(), RichConsole(quiet=True), dtype).merge(
        folder / "whole",
        lambda: adapter.load(base.weights(), folder / "adapter"),
        lambda whole, dtype: Transformers(folder=whole, dtype=dtype).weights(),
    )


@pytest.mark.parametrize("name", WHERE)
def test_every_kind_of_layer_is_merged(name, tmp_path):
    adapter, family, new, tied = WHERE[name]
    small(family, tied).save_pretrained(tmp_path / "base")
    proof = proof_of(adapter, Transformers(folder=tmp_path / "base", dtype="float32"), tmp_path, new)
    assert not proof.failures and proof.agreement.largest < 1e-4
    assert proof.layers.compared + proof.layers.apart > 1


def test_half_precision_is_merged_where_it_lies(tmp_path):
    """IA3 and DoRA compute in single precision; what is written is of the base's type."""
    small("qwen2").bfloat16().save_pretrained(tmp_path / "base")
    for name, adapter in {"ia3": Ia3(), "dora": Lora(rank=4, dora=True)}.items():
        proof = proof_of(
            adapter, Transformers(folder=tmp_path / "base", dtype="bfloat16"), tmp_path / name, []
        )
        assert not proof.failures and proof.dtype == proof.agreement.dtype == "bfloat16"


def test_an_encoder_decoder_is_merged(tmp_path):
    proof = proof_of(Lora(rank=4), TinySeq2seq(), tmp_path, [])
    assert not proof.failures and proof.agreement.tokens == proof.agreement.positions
