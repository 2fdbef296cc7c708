"""Models load whole or not at all: no weight is left at random numbers, none in the files is left out."""

import json
import re

import pytest
import torch
from transformers import AutoModelForCausalLM

from pitchpipe import PitchpipeError
from pitchpipe_components.models import Transformers
from tests.families import FAMILIES, edit, small

IDS = torch.arange(3, 20)[None]


def saved(folder, family="llama", tied=False, **how):
    """A saved model of a family, and its folder."""
    model = small(family, tied)
    model.save_pretrained(folder, **how)
    return model


def loaded(folder, **options):
    return Transformers(folder=folder, dtype="float32", **options).weights()


def refused(folder, change, **options):
    edit(folder, change)
    with pytest.raises(PitchpipeError) as told:
        loaded(folder, **options)
    return str(told.value)


def without(*parts):
    return lambda weights: {name: w for name, w in weights.items() if not any(part in name for part in parts)}


@pytest.mark.parametrize(("tied", "shard"), [(True, "1GB"), (False, "20KB")])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_whole_model_of_any_family_loads_as_it_was(family, tied, shard, tmp_path):
    model = saved(tmp_path, family, tied, max_shard_size=shard)
    with torch.no_grad():
        assert torch.equal(loaded(tmp_path).eval()(IDS).logits, model.eval()(IDS).logits)


@pytest.mark.parametrize("family", ["llama", "gpt2", "opt", "bloom", "gpt_neox", "mixtral"])
def test_one_without_its_output_layer_is_refused(family, tmp_path):
    saved(tmp_path, family)
    message = refused(tmp_path, without("lm_head", "embed_out"))
    assert re.search(
        r"1 weight is in none of its files, and would be trained from random numbers: (lm_head|embed_out)\.weight\."
        " This is a model without its output layer",
        message,
    )


@pytest.mark.parametrize("family", ["llama", "gpt2", "opt", "bloom", "gpt_neox", "mamba"])
def test_one_without_a_layer_is_refused(family, tmp_path):
    saved(tmp_path, family)
    message = refused(tmp_path, without(".1."))
    assert re.search(r"weights are in none of its files.*\.1\..* and \d+ more\. Take the files", message)


def test_one_without_a_layers_experts_is_refused(tmp_path):
    saved(tmp_path, "mixtral")
    assert ".experts.down_proj" in refused(tmp_path, without("experts.1."))


def test_tied_weights_need_one_of_the_two(tmp_path):
    model = saved(tmp_path, tied=True)
    edit(tmp_path, lambda w: {n.replace("model.embed_tokens", "lm_head"): v for n, v in w.items()})
    assert torch.equal(loaded(tmp_path).eval()(IDS).logits, model.eval()(IDS).logits)
    assert "model.embed_tokens.weight" in refused(tmp_path, without("lm_head"))


def test_a_layer_that_the_config_knows_nothing_of_is_refused_unless_named(tmp_path):
    saved(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 1}))
    with pytest.raises(
        PitchpipeError, match=r"9 weights are in its files and unknown to config\.json"
    ) as told:
        loaded(tmp_path)
    assert "model.layers.1.input_layernorm.weight" in str(told.value)
    named = re.search(r"leave_out: (\[.*\])`", str(told.value))[1]
    assert named == "['^model.layers.1.']"
    assert len(loaded(tmp_path, leave_out=["^model.layers.1."]).model.layers) == 1


def test_what_is_computed_today_may_lie_in_old_files(tmp_path):
    model = saved(tmp_path, "gptj")
    old = {
        "transformer.h.0.attn.bias": torch.ones(1, 1, 4, 4, dtype=torch.uint8),
        "transformer.h.0.attn.masked_bias": torch.tensor(-1e9),
    }
    edit(tmp_path, lambda weights: weights | old)
    assert torch.equal(loaded(tmp_path).eval()(IDS).logits, model.eval()(IDS).logits)


@pytest.mark.parametrize("family", ["qwen3_next", "gpt2"])
def test_what_transformers_leaves_out_on_purpose_may_lie_in_files(family, tmp_path):
    """Heads for more than one token of Qwen3-Next; masks of GPT-2."""
    if family == "gpt2":
        saved(tmp_path, family)
        edit(tmp_path, lambda weights: weights | {"transformer.h.0.attn.bias": torch.ones(1, 1, 4, 4)})
        loaded(tmp_path)
        return
    from transformers import AutoConfig

    config = AutoConfig.for_model(
        family, hidden_size=32, intermediate_size=64, moe_intermediate_size=16, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, head_dim=8, vocab_size=128, num_experts=2,
        num_experts_per_tok=1, shared_expert_intermediate_size=16, linear_num_value_heads=2,
        linear_num_key_heads=2, linear_key_head_dim=8, linear_value_head_dim=8,
    )  # fmt: skip
    AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path)
    edit(tmp_path, lambda weights: weights | {"mtp.fc.weight": torch.zeros(4, 4)})
    loaded(tmp_path)


def test_shapes_of_files_and_config_must_agree(tmp_path):
    saved(tmp_path)
    message = refused(tmp_path, lambda w: w | {"model.norm.weight": torch.ones(3)})
    assert (
        "1 weight is of another shape than config.json says: model.norm.weight (file 3, config 32)" in message
    )


def test_a_wrapper_that_was_saved_with_its_model_is_named(tmp_path):
    saved(tmp_path)
    message = refused(tmp_path, lambda w: {f"module.{name}": value for name, value in w.items()})
    assert "The names in the files begin with 'module.': save the model that is inside the wrapper" in message


def test_an_output_layer_of_its_own_stays_so_when_the_config_says_tied(tmp_path):
    """Transformers unties such a pair when it loads them, and ties it again when rows are added."""
    saved(tmp_path, tied=True)
    edit(tmp_path, lambda weights: weights | {"lm_head.weight": torch.ones(128, 32)})
    model = loaded(tmp_path)
    model.resize_token_embeddings(130, mean_resizing=False)
    assert torch.equal(model.lm_head.weight[:128], torch.ones(128, 32))
    assert not model.config.tie_word_embeddings
    assert loaded_from(model, tmp_path / "again").lm_head.weight.sum() > 128 * 32 - 1


def loaded_from(model, folder):
    model.save_pretrained(folder)
    return loaded(folder)


@pytest.mark.parametrize("quantize", ["nf4", "int8"])
@pytest.mark.parametrize("family", ["llama", "gpt2"])
@pytest.mark.parametrize("tied", [True, False])
def test_quantised_models_are_whole_too(quantize, family, tied, tmp_path):
    saved(tmp_path / "plain", family, tied)
    model = loaded(tmp_path / "plain", quantize=quantize)
    model.save_pretrained(tmp_path / "quantised")
    again = loaded(tmp_path / "quantised")
    assert torch.allclose(again(IDS).logits, model(IDS).logits, atol=1e-5)
    assert "trained from random numbers" in refused(tmp_path / "plain", without(".1."), quantize=quantize)
