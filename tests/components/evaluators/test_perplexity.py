"""Perplexity is that of the learned tokens."""

from math import exp

import torch

from pitchpipe_components.evaluators.perplexity import _exp
from pitchpipe_components.models import Tiny


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
    assert score["count"] == count and abs(score["value"] / exp(losses / count) - 1) < 1e-3


def test_a_surprise_beyond_all_numbers_is_no_crash():
    assert _exp(800.0) is None and _exp(float("nan")) is None and _exp(1.0) == exp(1)
