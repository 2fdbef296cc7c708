"""Control tokens that the base has never read are found, and an adapter learns their rows."""

import pytest
import torch

from pitchpipe_components.models import Tiny
from pitchpipe_stages.model.load import RecipeModel
from pitchpipe_stages.model.untrained import untrained
from pitchpipe_stages.render.rendering import Rendering
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


@pytest.mark.parametrize("more", ["", "adapter: lora\n"], ids=["all weights", "lora"])
def test_an_adapter_learns_them(more, project):
    from pitchpipe.host.host import Host
    from pitchpipe.recipe.load import load

    recipe = "model: tiny\ntemplate: chatml\nloaders: [{files: {path: rows.jsonl}}]\ntrainer: sft\n" + more
    here = project({"recipe.yaml": recipe, "rows.jsonl": [{"instruction": "Hi", "output": "Hello"}]})
    found = load(here.folder / "recipe.yaml", Host.from_environment())
    loader = RecipeModel(found, Rendering(found))
    model = loader.to_train()
    if more:
        assert loader.unread == [IM_END, IM_START]
        assert model.peft_config["default"].trainable_token_indices == {"embed_tokens": [IM_END, IM_START]}
    else:
        assert loader.unread == []
