"""Perplexity is that of the learned tokens."""

from importlib import import_module
from math import exp, log2

import pytest
import torch

import pitchpipe as pp
from pitchpipe_components.evaluators import learned_logits
from pitchpipe_components.models import Tiny
from tests import preferences, seq2seq

perplexity = import_module("pitchpipe_components.evaluators.perplexity")
exp_of_mean = perplexity.exp_of_mean

CHAT = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
OF_A_DECODER = """\
model: tiny_seq2seq
template: seq2seq
collator: seq2seq
loaders:
  - files: {path: rows.jsonl, side: test}
evaluators: [perplexity]
"""


def test_of_a_decoder_no_label_is_shifted(project, rows):
    from pitchpipe_components.collators import Seq2seq
    from pitchpipe_components.models.tiny.seq2seq import TinySeq2seq
    from pitchpipe_stages.prepare.examples import PreparedExamples

    here = project({"recipe.yaml": OF_A_DECODER, "rows.jsonl": rows})
    here.run("run", "recipe.yaml").assert_success()
    score = here.json("runs/recipe/scores.json")["base"]["perplexity"]
    examples = PreparedExamples(here.folder / "runs/recipe/prepared", "test")
    batch = Seq2seq()([examples[at] for at in range(len(examples))], 1)
    own = TinySeq2seq().weights().eval()(**batch).loss.item()
    assert score["count"] == len(examples) and abs(score["value"] / exp(own) - 1) < 1e-3


def test_perplexity_is_that_of_the_learned_tokens(project, rows):
    recipe = "model: tiny\ntemplate: alpaca_short\nloaders:\n  - files: {path: rows.jsonl, side: test}\nevaluators: [perplexity]\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("run", "recipe.yaml").assert_success()
    score = here.json("runs/recipe/scores.json")["base"]["perplexity"]

    from pitchpipe_stages.prepare.examples import PreparedExamples

    examples = PreparedExamples(here.folder / "runs/recipe/prepared", "test")
    model, losses, count = Tiny().weights().eval(), 0.0, 0
    for index in range(len(examples)):
        example = examples[index]
        loss = model(input_ids=torch.tensor([example.ids]), labels=torch.tensor([example.labels])).loss.item()
        losses, count = losses + loss * example.learned, count + example.learned
    assert score["count"] == len(examples) and abs(score["value"] / exp(losses / count) - 1) < 1e-3
    bits = here.json("runs/recipe/scores.json")["base"]["bits_per_byte"]["value"]
    said = sum(len(row["output"].encode()) for row in rows)
    assert bits == pytest.approx(losses * log2(exp(1)) / said, rel=1e-3)


TEXTS = ["Paris is a city.", "It is 5 o'clock, café 你好 😀 مرحبا", "a\n\n    b  c", "x"]


@pytest.mark.parametrize("text", TEXTS)
def test_bytes_are_those_of_the_text_with_any_tokenizer(text):
    """Byte-level ones keep a space in a word; others, such as T5's, put one before each first word."""
    asked = "Question: why?\n"
    for tokenizer, apart in [(seq2seq.bart_tokenizer(), 8), (seq2seq.t5_tokenizer(), 0)]:
        ids = [tokenizer(part, add_special_tokens=False)["input_ids"] for part in (asked, text)]
        if tokenizer.unk_token_id in ids[1] or (apart == 0 and " ".join(text.split()) != text):
            continue  # it does not know this text
        end = [*ids[1], tokenizer.eos_token_id]
        example = pp.Example([*ids[0], *end, *ids[0], *end], [*[-100] * len(ids[0]), *end] * 2)
        assert perplexity._bytes(tokenizer, example, apart) == 2 * len(text.encode())


def test_few_logits_at_a_time_give_the_same(project, rows, monkeypatch):
    """Each conversation is read alone then, and its tokens in parts."""
    recipe = "model: tiny\ntemplate: alpaca_short\nloaders:\n  - files: {path: rows.jsonl, side: test}\nevaluators: [perplexity]\n"
    scores = []
    for at, most in enumerate((perplexity.LOGITS, 1 << 13)):
        monkeypatch.setattr(perplexity, "LOGITS", most)
        monkeypatch.setattr(learned_logits, "FLOATS", most // 8)
        here = project({f"recipe{at}.yaml": recipe, "rows.jsonl": rows})
        here.run("run", f"recipe{at}.yaml").assert_success()
        scores.append(here.json(f"runs/recipe{at}/scores.json")["base"]["perplexity"]["value"])
    assert scores[0] == pytest.approx(scores[1], rel=1e-5)


def test_a_reward_model_has_no_perplexity():
    from types import SimpleNamespace

    scorer = SimpleNamespace(model=SimpleNamespace(get_output_embeddings=lambda: None))
    with pytest.raises(pp.PitchpipeError, match="pair_accuracy"):
        perplexity.perplexity(scorer)


def test_a_surprise_beyond_all_numbers_is_no_crash():
    import numpy as np

    assert np.isinf(exp_of_mean(np.array([800.0, 1]))) and exp_of_mean(np.array([2.0, 2])) == exp(1)


def test_of_judged_replies_the_good_ones_are_read_and_asked_for(project):
    good = [
        [{"prompt": f"{word} {n}.", "completion": f"{n} it is", "label": n % 4 == 0} for n in range(8)]
        for word in ("Say", "Tell")
    ]
    bad = [
        {"prompt": [*CHAT, {"role": "user", "content": f"{n}?"}], "completion": "no", "label": False}
        for n in range(8)
    ]
    sources = "  - files: {path: rows.jsonl}\n  - files: {path: held-out.jsonl, side: test}\n"
    recipe = preferences.RECIPE.replace("  - files: {path: rows.jsonl}\n", sources).replace("both", "judges")
    asks = "evaluators: [{perplexity: {batch_size: 4}}, {exact_match: {max_new_tokens: 4}}]\n"
    here = project(preferences.files(good[0], recipe + asks) | {"held-out.jsonl": [*bad, *good[1]]})
    here.run("run", "recipe.yaml").assert_success()
    scores = here.json("runs/recipe/scores.json")["base"]
    assert scores["exact_match"]["count"] == 2  # of 16 replies, these are good
    words = [f"{n} it is" for n in (0, 4)]
    (line,) = [line for line in here.rows("runs/recipe/measured-base.jsonl") if line["name"] == "perplexity"]
    assert sum(tokens for _, tokens in line["items"].values()) == sum(len(said) + 1 for said in words)
