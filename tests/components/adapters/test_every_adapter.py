"""What every adapter must do on models of many families: train itself alone, come back as saved, answer the
same in any batch, and be merged where it can be."""

from itertools import product
from pathlib import Path

import pytest
import torch

from pitchpipe import PitchpipeError
from pitchpipe_components.adapters import Ia3, Lora, PrefixTuning, PromptTuning
from pitchpipe_components.models import Tiny, Transformers
from tests.families import small

IDS = torch.arange(3, 40)[None]
LORAS = {
    "lora": Lora(rank=4), "dora": Lora(rank=4, dora=True), "rslora": Lora(rank=4, rslora=True),
    "gaussian": Lora(rank=4, init="gaussian"), "dropout": Lora(rank=4, dropout=0.1),
}  # fmt: skip
IA3 = Ia3(targets="all-linear")
ADAPTERS = LORAS | {"ia3": IA3, "prefix": PrefixTuning(tokens=3), "prompt": PromptTuning(tokens=3)}


def step(model, ids=IDS, rate=0.3):
    """One step of plain gradient descent; the gradients of what is trained."""
    trained = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    model.train()(input_ids=ids, labels=ids).loss.backward()
    found = {name: weight.grad.clone() for name, weight in trained.items()}
    with torch.no_grad():
        for weight in trained.values():
            weight -= rate * weight.grad
    model.zero_grad()
    model.eval()
    return found


def changed(adapter, model, new=()):
    """The model, adapted, after steps that move all of the adapter."""
    adapted = adapter(model, list(new))
    for _ in range(3):
        step(adapted)
    return adapted


def logits(model, ids=IDS):
    with torch.no_grad():
        return model.eval()(input_ids=ids).logits


@pytest.mark.parametrize("family", ["llama", "gpt2", "gemma3_text"])
@pytest.mark.parametrize("name", ADAPTERS)
def test_only_the_adapter_learns_and_it_comes_back_as_it_was_saved(name, family, tmp_path):
    adapter, base = ADAPTERS[name], small(family)
    before = {key: weight.clone() for key, weight in base.named_parameters()}
    plain = logits(base)
    adapted = changed(adapter, base)
    assert all(gradient.abs().sum() > 0 for gradient in step(adapted).values())
    assert all(torch.equal(weight, before[key]) for key, weight in small(family).named_parameters())
    inner = {key.replace(".base_layer", ""): w for key, w in adapted.get_base_model().named_parameters()}
    assert all(torch.equal(inner[key], weight) for key, weight in before.items())
    assert not torch.allclose(logits(adapted), plain, atol=1e-4)
    adapted.save_pretrained(tmp_path)
    assert torch.equal(logits(adapter.load(small(family), tmp_path)), logits(adapted))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("name", ["lora", "dora", "ia3", "prefix", "prompt"])
def test_what_is_trained_is_of_single_precision_and_the_base_keeps_its_type(name, dtype):
    model = ADAPTERS[name](small("llama").to(dtype), [])
    kinds = {weight.dtype for weight in model.parameters() if weight.requires_grad}
    assert kinds == {torch.float32}
    assert {weight.dtype for weight in model.parameters() if not weight.requires_grad} == {dtype}


def test_rows_and_whole_modules_are_of_single_precision_too():
    model = Lora(rank=4, train_also=["lm_head"])(small("llama").to(torch.bfloat16), [5, 6])
    kinds = {name: w.dtype for name, w in model.named_parameters() if w.requires_grad}
    assert set(kinds.values()) == {torch.float32}
    assert any("token" in name for name in kinds) and any("modules_to_save" in name for name in kinds)


@pytest.mark.parametrize("name", ["lora", "dora", "ia3", "prefix", "prompt"])
def test_adapters_learn_on_four_bits(name):
    base = Transformers(folder=Path(Tiny().folder), quantize="nf4").weights()
    found = [step(model := ADAPTERS[name](base, []))]
    found += [step(model) for _ in range(2)]
    assert all(gradient.isfinite().all() for one in found for gradient in one.values())
    assert all(gradient.abs().sum() > 0 for gradient in found[-1].values())


@pytest.mark.parametrize("name", ["lora", "ia3", "prefix", "prompt"])
@pytest.mark.parametrize("family", ["llama", "gpt2", "gemma3_text", "qwen3"])
def test_answers_do_not_depend_on_what_else_is_in_the_batch(name, family):
    model = changed(ADAPTERS[name], small(family))
    prompts = [list(range(5, 12)), list(range(40, 43))]

    def answer(batch):
        width = max(map(len, batch))
        ids = torch.tensor([[0] * (width - len(p)) + p for p in batch])
        mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in batch])
        how = {"max_new_tokens": 5, "do_sample": False, "eos_token_id": None, "pad_token_id": 0}
        return model.generate(input_ids=ids, attention_mask=mask, **how)[:, width:].tolist()

    assert answer(prompts) == [answer([prompt])[0] for prompt in prompts]


MERGED = {
    "lora": LORAS["lora"],
    "dora": LORAS["dora"],
    "rslora": LORAS["rslora"],
    "ia3": IA3,
    "head": Lora(rank=4, train_also=["lm_head"]),
}
FAMILIES = ("llama", "gpt2", "gemma3_text", "gpt_neox", "mixtral")
TAKEN = [pair for pair in product(MERGED, FAMILIES) if pair != ("dora", "mixtral")]  # refused: test_experts


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize(("name", "family"), TAKEN)
def test_a_merged_model_answers_as_its_adapter(name, family, tied, tmp_path):
    adapter = MERGED[name]
    new = [5, 6] if isinstance(adapter, Lora) else []
    adapted = changed(adapter, small(family, tied), new)
    expected = logits(adapted)
    adapted.save_pretrained(tmp_path / "adapter")
    adapter.merged(adapter.load(small(family, tied), tmp_path / "adapter")).save_pretrained(
        tmp_path / "whole"
    )
    whole = Transformers(folder=tmp_path / "whole", dtype="float32").weights()
    assert torch.allclose(logits(whole), expected, atol=1e-4)


def test_prompts_give_logits_of_the_text_alone():
    model = PromptTuning(tokens=3)(small("llama"), [])
    assert model(input_ids=IDS).logits.shape[1] == IDS.shape[1]
    assert model(IDS).logits.shape[1] == IDS.shape[1]


@pytest.mark.parametrize("family", ["mamba", "opt"])
def test_a_model_that_reads_no_prefix_is_refused(family):
    with pytest.raises(PitchpipeError, match=r"adapter prefix: this model .* cannot be trained with it"):
        PrefixTuning(tokens=3)(small(family), [])


def test_the_second_matrices_learn_faster():
    model = Lora(rank=4, plus=16)(small("llama"), [])
    rates = Lora(plus=16).rates(model)
    assert set(rates.values()) == {16} and len(rates) == 14 and all("lora_B" in name for name in rates)
    assert Lora().rates(model) == {}


def test_experts_that_peft_knows_are_adapted_and_not_with_every_option():
    model = Lora(rank=4)(small("mixtral"), [])
    assert any("experts.lora_A" in name for name, _ in model.named_parameters())
    assert Lora().notes(model) == []
    with pytest.raises(PitchpipeError, match=r"adapter lora: .*use_dora.* targets: \[q_proj, k_proj, v_proj"):
        Lora(dora=True)(small("mixtral"), [])
    model = Lora(targets=["q_proj"])(small("mixtral"), [])
    assert not any("experts.lora_A" in name for name, _ in model.named_parameters())


def test_a_name_that_only_some_layers_have_is_told():
    """LFM2 attends in some layers and convolves in others."""
    adapter = Lora(targets=["q_proj", "w1"])
    told = adapter.notes(adapter(small("lfm2"), []))
    assert told == ["adapter: 'q_proj' is in 1 of 2 layers; the others have no module of this name"]
    assert Lora().notes(Lora()(small("lfm2"), [])) == []


@pytest.mark.parametrize("name", ["prefix", "prompt"])
def test_padding_on_the_left_changes_nothing(name):
    model = changed(ADAPTERS[name], small("qwen3"))
    pad, ones = torch.zeros(1, 4, dtype=torch.long), torch.ones_like(IDS)
    with torch.no_grad():
        padded = model(input_ids=torch.cat([pad, IDS], 1), attention_mask=torch.cat([pad, ones], 1)).logits
        assert torch.allclose(padded[:, 4:], model(input_ids=IDS, attention_mask=ones).logits, atol=1e-5)
