"""Which models the fast loss takes, what adapters around them change, and who is told of the others."""

import copy

import pytest
import torch
from torch import nn

from pitchpipe_components.adapters.lora import Lora
from pitchpipe_components.trainers.loss.batch import Numbered
from pitchpipe_components.trainers.loss.forward import learned_places
from pitchpipe_components.trainers.loss.path import Losses
from tests.components.trainers.small_training import Silent
from tests.packed import small


def batch(seed=0):
    ids = torch.randint(1, 96, (2, 13), generator=torch.Generator().manual_seed(seed))
    labels = ids.clone()
    labels[0, :6] = labels[1, :2] = -100
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": labels}


def gradients(model, loss):
    model.zero_grad()
    loss.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def must_be_alike(model, smoothing=0.0, why="", made=None):
    """Beside the loss from the logits of all tokens, by PyTorch's own cross entropy."""
    made = batch() if made is None else made
    other = copy.deepcopy(model)
    fast = Losses(model.train(), smoothing, 0.0)
    assert why in fast.why_plain and bool(why) == bool(fast.why_plain)
    places = learned_places(made["labels"], 1)
    found = fast(model, made, places)
    logits = other.train()(**{k: v for k, v in made.items() if k != "labels"}, use_cache=False).logits
    logits = logits[:, -made["labels"].shape[1] :]
    flat, targets = logits[:, :-1].flatten(0, 1), made["labels"][:, 1:].flatten()
    expected = nn.functional.cross_entropy(flat, targets, reduction="sum", label_smoothing=smoothing)
    assert found.loss.item() == pytest.approx(expected.item(), rel=1e-5)
    assert found.each.shape == places.shape
    one, two = gradients(model, found.loss), gradients(other, expected)
    assert one.keys() == two.keys() and any(gradient.any() for gradient in one.values())
    for name in one:
        assert (one[name] - two[name]).abs().max() <= 1e-3 * two[name].abs().max() + 1e-5, name
    return one


@pytest.mark.parametrize("tied", [False, True])
def test_rows_of_new_tokens_learn_as_pefts_do(tied):
    model = small("Llama", tie_word_embeddings=tied)
    found = must_be_alike(Lora(rank=4)(model, [3, 94, 95]))
    rows = [name for name in found if "trainable_tokens_delta" in name]
    assert len(rows) == (1 if tied else 2) and all(found[name].any() for name in rows)


def test_smoothing_is_pytorchs_and_evaluation_has_none():
    must_be_alike(small("Qwen2"), smoothing=0.2)
    model, made = small("Qwen2"), batch()
    places = learned_places(made["labels"], 1)
    smooth, plain = (Losses(model, smoothing, 0.0) for smoothing in (0.2, 0.0))
    assert smooth(model.eval(), made, places).loss == plain(model, made, places).loss
    assert smooth(model.train(), made, places).loss != plain(model, made, places).loss


def test_an_adapter_on_the_output_layer_takes_the_plain_path():
    adapted = Lora(rank=4, targets=["q_proj", "lm_head"])(small("Llama"), [])
    found = must_be_alike(adapted, why="an adapter stands on its output layer")
    assert any("lm_head.lora_A" in name for name in found)


def test_smoothing_on_the_plain_path_is_the_same():
    must_be_alike(Lora(rank=4, targets=["q_proj", "lm_head"])(small("Llama"), []), 0.2, "an adapter")


def test_an_output_layer_that_is_trained_beside_adapters_is_taken():
    from peft import LoraConfig, get_peft_model

    settings = LoraConfig(task_type="CAUSAL_LM", target_modules=["q_proj"], modules_to_save=["lm_head"])
    found = must_be_alike(get_peft_model(small("Llama"), settings))
    assert any("lm_head.modules_to_save" in name for name in found)


def test_tokens_that_an_adapter_puts_before_a_row_are_no_labels():
    from peft import PromptTuningConfig, get_peft_model

    settings = PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=5)
    must_be_alike(get_peft_model(small("Llama"), settings))


def test_logits_that_nobody_declares_are_left_to_the_model():
    """A family that does something to its logits which no config says."""
    model = small("Llama")
    kind = type(model)

    class Odd(kind):
        def forward(self, *args, **kwargs):
            outputs = super().forward(*args, **kwargs)
            outputs.logits = outputs.logits * 0.9
            return outputs

    model.__class__ = Odd
    must_be_alike(model, why="differ by")


def test_who_takes_the_plain_path_is_told_once():
    console = Silent()
    Losses(small("Llama"), 0.0, 0.0).tell(console)
    assert console.said == []
    Losses(small("Llama"), 0.0, 0.0, spread="FSDP").tell(console)
    assert len(console.said) == 1 and "spread over processes by FSDP" in console.said[0]


def test_checkpointing_changes_nothing():
    model = small("Llama")
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    must_be_alike(model)


def test_a_model_that_reads_and_writes_learns_its_own_labels():
    import transformers

    torch.manual_seed(0)
    config = transformers.T5Config(
        vocab_size=96, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4, dropout_rate=0.0,
        decoder_start_token_id=0, pad_token_id=0,
    )  # fmt: skip
    model = transformers.T5ForConditionalGeneration(config).train()
    other, made = copy.deepcopy(model), batch()
    fast = Losses(model, 0.0, 0.0)
    places = learned_places(made["labels"], 0)
    loss = fast(model, made, places).loss / len(places)
    expected = other(**made, use_cache=False).loss
    assert fast.why_plain == "" and loss.item() == pytest.approx(expected.item(), rel=1e-5)
    one, two = gradients(model, loss), gradients(other, expected)
    assert one.keys() == two.keys()
    assert all((one[name] - two[name]).abs().max() <= 1e-3 * two[name].abs().max() + 1e-6 for name in one)


def test_batches_say_whose_each_learned_place_is():
    from types import SimpleNamespace

    from pitchpipe_components.collators import Padded
    from pitchpipe_components.collators.rows import joined
    from tests.packed import some

    examples = some(6, 9, 3)
    for collate in (lambda entries: joined(entries), lambda entries: Padded()(entries, 0)):
        batches = SimpleNamespace(
            collate=collate, numbers=lambda entries: [7, 3, 5], rejected=lambda entries: [False] * 3
        )
        made = Numbered(batches, 1)(examples)
        labels = made["labels"].flatten()
        learned = [(label, number) for one, number in zip(examples, (7, 3, 5), strict=True)
                   for label in one.labels[1:] if label != -100]  # fmt: skip
        assert list(zip(labels[made["places"] + 1].tolist(), made["owners"].tolist(), strict=True)) == learned
        assert made["examples"].tolist() == [7, 3, 5]
