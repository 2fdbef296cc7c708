"""No document of a row sees another, which is proven on the model itself."""

import pytest
import torch
import transformers
from torch.nn.functional import scaled_dot_product_attention

from pitchpipe.errors import PitchpipeError
from pitchpipe_components.adapters import Lora
from pitchpipe_components.collators import Packed
from pitchpipe_components.collators.attention import NAME, Unfit
from pitchpipe_components.collators.isolation import Proof, isolated
from pitchpipe_components.collators.rows import joined
from pitchpipe_components.models import Tiny
from pitchpipe_stages.train.neighbours import check
from tests.packed import WINDOW, small, some

MODELS = [
    ("Llama", {}), ("Qwen2", {}), ("Qwen2", {"use_sliding_window": True, "max_window_layers": 1, **WINDOW}),
    ("Qwen3", {}), ("Mistral", WINDOW), ("Gemma", {}), ("Gemma3Text", WINDOW),
]  # fmt: skip


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize(("name", "options"), MODELS)
def test_a_changed_document_moves_no_other(name, options, attention):
    """Measured here once more, not taken from the proof's own words."""
    model = small(name, attention, **options).eval()
    a, b, c, other = some(6, 11, 8, 6)
    with isolated(model) as told, torch.no_grad():
        assert told["attention"] == (NAME if attention == "sdpa" else "eager")
        before, after = (
            model(
                **{k: v for k, v in joined([first, b, c]).items() if k != "labels"}, use_cache=False
            ).logits[0]
            for first in (a, other)
        )
    assert (before[6:] - after[6:]).abs().max() == 0 and (before[:6] - after[:6]).abs().max() > 0.1
    assert model.config._attn_implementation == attention  # as it was
    alone = [model(torch.tensor([one.ids])).logits[0] for one in (a, b, c)]
    assert torch.allclose(before, torch.cat(alone), atol=1e-4)


@pytest.mark.parametrize(
    ("name", "options", "attention", "why"),
    [
        ("Phimoe", {"num_local_experts": 2, **WINDOW}, "sdpa", "a window that only its mask knows"),
        ("Llama4Text", {"attention_chunk_size": 4, "num_local_experts": 2, "intermediate_size_mlp": 32}, "sdpa", "cut into chunks"),
        ("Gemma2", WINDOW, "eager", None),  # its softcap is beyond sdpa, so transformers gives it eager
    ],
)  # fmt: skip
def test_a_model_that_ours_does_not_fit_keeps_its_own(name, options, attention, why):
    with isolated(small(name, attention, **options)) as told:
        assert told["attention"] == attention
        assert why is None or why in told["why not a faster one"]


@pytest.mark.parametrize("name", ["Mamba", "Bloom"])
def test_a_model_that_lets_documents_see_each_other_is_refused(name):
    model = small(name, "eager")
    with (
        pytest.raises(
            PitchpipeError, match=r"does not keep the documents of a row apart.*Use the collator padded"
        ),
        isolated(model),
    ):
        pass


def test_a_leaking_attention_is_found():
    """One that looks right: causal over the whole row, as where a mask of ones is passed along."""

    def leaking(module, query, key, value, attention_mask, **_):
        found = scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=True)
        return found.transpose(1, 2), None

    transformers.AttentionInterface.register("leaking", leaking)
    for model in (Tiny().weights(), small("Llama", initializer_range=0.02)):
        model.set_attn_implementation("leaking")
        with (
            pytest.raises(PitchpipeError, match=r"with leaking the logits of a document move by [1-9]"),
            isolated(model),
        ):
            pass
        assert model.config._attn_implementation == "leaking"


@pytest.mark.parametrize(
    ("moved", "apart", "holds"), [(0, 0, True), (1e-2, 0, False), (0, 1e-2, False), (float("nan"), 0, False), (0, float("nan"), False)]
)  # fmt: skip
def test_both_numbers_are_needed(moved, apart, holds):
    assert Proof("any", moved, apart).holds == holds and not Proof("any", unfit="why").holds


def test_the_proof_leaves_the_model_as_it_was():
    model = Lora(rank=4, dropout=0.5)(Tiny().weights(), []).train()
    with isolated(model):
        assert model.training and model.get_base_model().config._attn_implementation == NAME
    assert model.training and model.get_base_model().config._attn_implementation == "sdpa"
    assert all(parameter.grad is None for parameter in model.parameters())


def test_an_adapter_that_trains_new_tokens_is_proven_too():
    model = Lora(rank=4)(Tiny().weights(), [5, 6])  # PEFT wraps the embeddings
    with isolated(model) as told:
        assert told["attention"] == NAME and check(model, Packed(), 0).holds


def test_half_precision_is_proven_too():
    model = Tiny().weights().to(torch.bfloat16)
    with isolated(model) as told:
        assert told["attention"] == NAME and "limit 1e-02" in told["moves when neighbours change"]


def test_a_batch_that_was_not_joined_is_refused_loudly():
    model = Tiny().weights()
    with isolated(model), pytest.raises(Unfit, match="does not say where its documents begin"):
        model(torch.arange(10, 20)[None])


@pytest.mark.parametrize("kind", ["PrefixTuning", "PromptTuning"])
def test_tokens_before_the_row_are_refused(kind):
    import peft

    config = getattr(peft, f"{kind}Config")(task_type="CAUSAL_LM", num_virtual_tokens=4)
    model = peft.get_peft_model(Tiny().weights(), config)
    with pytest.raises(PitchpipeError, match="Use the collator padded"), isolated(model):
        pass
