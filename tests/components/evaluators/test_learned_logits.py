"""Losses of learned tokens, read without the logits of all, equal those of a plain loop over Transformers."""

import pytest
import torch

import pitchpipe as pp
from pitchpipe_components.collators import Padded, Seq2seq
from pitchpipe_components.evaluators.learned_logits import LearnedLogits, summed
from tests import families

LENGTHS = (30, 7, 12, 3, 25)


def examples():
    """Half of each is a prompt; the longest has two replies."""
    random = torch.Generator().manual_seed(1)
    made = []
    for length in LENGTHS:
        ids = torch.randint(5, 120, (length,), generator=random).tolist()
        labels = [pp.IGNORED] * (length // 2) + ids[length // 2 :]
        labels[5:7] = ids[5:7] if length == max(LENGTHS) else labels[5:7]
        made.append(pp.Example(ids, labels))
    return made


def found(model, batch):
    with torch.inference_mode():
        read = LearnedLogits(model)
        return summed(read(batch), len(LENGTHS)), read._narrow


def alone(model, example):
    loss = model(input_ids=torch.tensor([example.ids]), labels=torch.tensor([example.labels])).loss.item()
    return loss * example.learned


@pytest.mark.parametrize("family", ["llama", "gemma2", "cohere", "gpt2", "bloom", "mixtral", "mamba", "lfm2"])
def test_of_each_family_as_a_plain_loop(family):
    model, made = families.small(family).eval(), examples()
    (sums, counts), narrow = found(model, Padded()(made, 0))
    assert narrow and counts == [example.learned for example in made]
    assert sums == pytest.approx([alone(model, example) for example in made], rel=1e-5)


def t5_and_bart():
    from transformers import BartConfig, BartForConditionalGeneration, T5Config, T5ForConditionalGeneration

    sizes = {"d_model": 32, "vocab_size": 128, "decoder_start_token_id": 0, "pad_token_id": 0}
    layers = {
        "encoder_layers": 1,
        "decoder_layers": 1,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
    }
    yield T5ForConditionalGeneration(T5Config(**sizes, d_kv=8, d_ff=64, num_layers=1, num_heads=2))
    yield BartForConditionalGeneration(BartConfig(**sizes, **layers, encoder_ffn_dim=64, decoder_ffn_dim=64))


def test_of_encoder_decoders_as_a_plain_loop():
    made = [example for example in examples() if len(example.ids) != max(LENGTHS)]  # they take one reply each
    for model in map(torch.nn.Module.eval, t5_and_bart()):
        with torch.inference_mode():
            read = LearnedLogits(model)
            sums, _ = summed(read(Seq2seq()(made, 0)), len(made))
            own = [model(**Seq2seq(multiple_of=1)([one], 0)).loss.item() * one.learned for one in made]
        assert read._narrow and sums == pytest.approx(own, rel=1e-5)


def test_through_adapters_of_peft():
    """One stands on the output layer itself; another puts tokens of its own before each row."""
    from peft import LoraConfig, PromptTuningConfig, get_peft_model

    made = examples()
    batch = Padded()(made, 0)
    lora = LoraConfig(target_modules=["q_proj", "lm_head"], init_lora_weights=False, task_type="CAUSAL_LM")
    for config in (lora, PromptTuningConfig(num_virtual_tokens=5, task_type="CAUSAL_LM")):
        model = get_peft_model(families.small("llama"), config).eval()
        (sums, _), narrow = found(model, batch)
        assert narrow and sums == pytest.approx([alone(model, example) for example in made], rel=1e-5)


class LooksAtItsLogits(torch.nn.Module):
    """Makes its logits anew in the shape of its batch, as some models' own code does."""

    def __init__(self, model):
        super().__init__()
        self.inner, self.config = model, model.config
        self.get_output_embeddings = model.get_output_embeddings

    def forward(self, input_ids, **given):
        made = self.inner(input_ids=input_ids, **given)
        made.logits = made.logits.reshape(*input_ids.shape, -1)
        return made


class MixesItsLogits(LooksAtItsLogits):
    """What it says in one place depends on other places."""

    def forward(self, input_ids, **given):
        made = self.inner(input_ids=input_ids, **given)
        made.logits = made.logits + made.logits.mean(1, keepdim=True)
        return made


@pytest.mark.parametrize("kind", [LooksAtItsLogits, MixesItsLogits])
def test_a_model_that_needs_all_logits_gets_them(kind):
    model, made = kind(families.small("llama")).eval(), examples()
    batch = Padded()(made, 0)
    (sums, _), narrow = found(model, batch)
    logits = model(batch["input_ids"], attention_mask=batch["attention_mask"]).logits[:, :-1]
    labels = batch["labels"][:, 1:]
    each = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="none")
    assert not narrow and sums == pytest.approx(each.view(labels.shape).sum(1).tolist(), rel=1e-5)


def test_it_is_the_loss_that_training_evaluates():
    from pitchpipe_components.trainers.loss.forward import learned_places
    from pitchpipe_components.trainers.loss.path import Losses

    model, batch = families.small("granite").eval(), Padded()(examples(), 0)
    (sums, _), _ = found(model, batch)
    with torch.no_grad():
        trained = Losses(model, 0.0, 0.0)(model, dict(batch), learned_places(batch["labels"], 1))
    assert sum(sums) == pytest.approx(trained.loss.item(), rel=1e-5)
