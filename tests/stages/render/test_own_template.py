"""The hint that a recipe's template is not the model's own."""

import pytest

from pitchpipe_components.templates import DATA
from pitchpipe_stages.render.own_template import difference
from pitchpipe_stages.render.writer import writer_of
from tests.tokenizers import bytes_alone


def source(name):
    return writer_of(DATA[name]).jinja("", "<|end|>")


@pytest.mark.parametrize("name", DATA)
def test_a_template_does_not_differ_from_itself(name):
    assert difference(bytes_alone(), source(name), source(name)) == ""


def test_the_first_place_where_they_part_is_shown_in_both():
    own = source("chatml").replace("<|im_end|>", "<|end|>")
    shown = difference(bytes_alone(), source("chatml"), own).splitlines()
    assert shown == [
        "two turns: they part at character 21",
        "  the recipe's template: '<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\nHello.<|i'...",
        "  the model's own:       '<|im_start|>user\\nHi<|end|>\\n<|im_start|>assistant\\nHello.<|end|'...",
    ]


def test_one_that_says_more_at_the_end():
    own = source("chatml") + "{% if add_generation_prompt %}<think>{% endif %}"
    recipe, theirs = difference(bytes_alone(), source("chatml"), own).splitlines()[1:]
    assert theirs.endswith("<think>'") and recipe.endswith("assistant\\n'") and "..." in recipe


def test_a_system_message_may_be_all_that_differs():
    own = "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}" + source(
        "chatml"
    )
    shown = difference(bytes_alone(), source("chatml"), own)
    assert shown.startswith("two turns with a system message: ") and "(refused: no system)" in shown


def test_one_that_is_broken_is_told_not_raised():
    assert "(refused: " in difference(bytes_alone(), source("chatml"), "{% if %}")
