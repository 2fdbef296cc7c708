"""Joined documents teach the same as documents apart."""

import json

import pytest
import torch

from pitchpipe.records.example import IGNORED
from pitchpipe_components.collators import Padded
from pitchpipe_components.collators.isolation import isolated
from pitchpipe_components.collators.rows import joined
from pitchpipe_components.models import Tiny
from tests.packed import RECIPE, WINDOW, copies, small, some


def gradients(model, batch, count):
    model.zero_grad()
    loss = model(**batch, num_items_in_batch=count, use_cache=False).loss
    loss.backward()
    return loss.item(), torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])


@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize(
    ("name", "options"), [("Tiny", {}), ("Llama", {}), ("Mistral", WINDOW), ("Gemma3Text", WINDOW)]
)
def test_joined_documents_teach_the_same(name, options, checkpointing):
    model = Tiny().weights() if name == "Tiny" else small(name, **options)
    model.train()
    if checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    examples = some(6, 17, 2, 11)
    count = sum(label != IGNORED for one in examples for label in one.labels[1:])
    loss, expected = gradients(model, Padded()(examples, 0), count)
    with isolated(model):
        same, found = gradients(model, joined(examples), count)
        each = [
            gradients(model, joined([one]), sum(label != IGNORED for label in one.labels[1:]))[0]
            for one in examples
        ]
    assert same == pytest.approx(loss, rel=1e-5)
    assert expected.abs().max() > 0 and (found - expected).abs().max() < 1e-4 * expected.abs().max()
    apart = [
        gradients(model, Padded()([one], 0), sum(label != IGNORED for label in one.labels[1:]))[0]
        for one in examples
    ]
    assert each == pytest.approx(apart, rel=1e-4)


@pytest.mark.slow
def test_training_gives_the_same_weights_and_is_saved_as_ever(project):
    """Each step holds all documents: joined in one row, packed in several, or padded, in batches that accumulate."""
    from safetensors.torch import load_file

    here = project({"recipe.yaml": RECIPE, "rows.jsonl": copies(30)})
    ways = {
        "padded": (), "flattened": ("--set", "collator=flattened"),
        "packed": ("--set", "collator={packed: {length: 128}}", "--set", "trainer.sft.batch_size=2", "--set", "trainer.sft.accumulate=64"),
    }  # fmt: skip
    trained, scores = {}, {}
    for name, options in ways.items():
        outcome = here.run("run", "recipe.yaml", "--name", name, *options)
        outcome.assert_success()
        folder = here.folder / f"runs/{name}"
        assert ("kept apart by pitchpipe_documents: proven" in outcome.out) == (name != "padded")
        assert "pitchpipe" not in (folder / "model/config.json").read_text()
        trained[name] = load_file(folder / "model/model.safetensors")
        scores[name] = json.loads((folder / "scores.json").read_text())["tuned"]["perplexity"]["value"]
    base = Tiny().weights().state_dict()
    step = max((trained["padded"][name] - base[name]).abs().max() for name in trained["padded"])
    for name in ("flattened", "packed"):
        assert all(
            (trained[name][key] - trained["padded"][key]).abs().max() < 0.05 * step for key in trained[name]
        )
        assert scores[name] == pytest.approx(scores["padded"], rel=1e-2)
