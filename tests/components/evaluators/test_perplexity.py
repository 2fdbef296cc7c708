"""Perplexity is that of the learned tokens."""

from math import exp

import torch

from pitchpipe_components.evaluators.perplexity import exp_of_mean
from pitchpipe_components.models import Tiny
from tests import preferences

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
