"""Control tokens that the base has never read are found, and an adapter learns their rows."""

import pytest
import torch

from pitchpipe.host.host import Host
from pitchpipe_components.adapters import Lora
from pitchpipe_components.models import Tiny
from pitchpipe_stages.model.load import RecipeModel
from pitchpipe_stages.model.untrained import untrained
from pitchpipe_stages.render.rendering import Rendering
from pitchpipe_tools.recipe_file.load import load
from tests.tokenizers import bytes_alone

END, IM_START, IM_END = 0, 2, 3


def test_tokens_that_the_tiny_model_has_never_read():
    model, tokens = Tiny().weights(), bytes_alone()
    letters = tokens("aeiou", add_special_tokens=False)["input_ids"]
    assert untrained(model, [END, IM_START, IM_END, *letters]) == [IM_START, IM_END]
    assert untrained(model, []) == untrained(model, [5000]) == []


def test_rows_of_zeros_are_untrained():
    model = Tiny().weights()
    with torch.no_grad():
        model.get_output_embeddings().weight[END] = 0
    assert untrained(model, [END]) == [END]


def loader_of(project, recipe):
    """The loader of a recipe's model."""
    recipe = f"{recipe}\nloaders: [{{files: {{path: rows.jsonl}}}}]\ntrainer: sft\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": [{"instruction": "Hi", "output": "Hello"}]})
    found = load(here.folder / "recipe.yaml", Host.from_environment())
    return RecipeModel(found, Rendering(found))


@pytest.mark.parametrize("more", ["", "\nadapter: lora"], ids=["all weights", "lora"])
def test_an_adapter_learns_them(more, project):
    loader = loader_of(project, "model: tiny\ntemplate: chatml" + more)
    model = loader.to_train()
    if more:
        assert loader.unread == [IM_END, IM_START]
        assert model.peft_config["default"].trainable_token_indices == {"embed_tokens": [IM_END, IM_START]}
    else:
        assert loader.unread == []


def learned(alike, rows):
    """How sure a model is of an end that it was shown 40 times, with an adapter and these rows."""
    model = Tiny().weights()
    with torch.no_grad():
        weight = model.get_input_embeddings().weight
        weight[alike] = weight[alike[0]].clone()
    assert set(alike) == set(untrained(model, alike))
    model = Lora(rank=8)(model, rows)
    ids = torch.tensor([[*range(20, 40), IM_END]])
    labels = torch.full_like(ids, -100)
    labels[0, -1] = IM_END
    optimizer = torch.optim.AdamW((p for p in model.parameters() if p.requires_grad), lr=5e-3)
    for _ in range(40):
        model(input_ids=ids, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return float(model(ids).logits[0, -2].softmax(0)[IM_END].detach())


def test_an_end_that_is_like_others_cannot_be_learned_without_its_row():
    alike = [1, IM_START, IM_END, 4]
    assert learned(alike, []) <= 0.25 + 1e-3  # one of four, at best
    assert learned(alike, [IM_END]) > 0.9
