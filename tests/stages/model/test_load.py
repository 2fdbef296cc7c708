"""The model of a recipe, as it is loaded to be trained."""

import pytest

from pitchpipe_components.models import Tiny
from tests.stages.model.test_untrained import loader_of


@pytest.mark.parametrize(("more", "revision"), [(", revision: abc123", "abc123"), ("", None)])
def test_an_adapter_remembers_the_revision_of_its_base(more, revision, project):
    recipe = f"model:\n  transformers: {{folder: {Tiny().folder}{more}}}\ntemplate: chatml\nadapter: lora"
    assert loader_of(project, recipe).to_train().peft_config["default"].revision == revision
