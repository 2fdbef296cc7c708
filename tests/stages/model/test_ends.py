"""Which tokens end a reply: those of the base and of the template; and what is saved of them."""

import pytest

from pitchpipe_components.models import Tiny
from pitchpipe_components.templates import DATA
from pitchpipe_stages.model.ends import Ends
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.writer import writer_of
from tests.tokenizers import bytes_alone


@pytest.fixture(scope="module")
def model():
    return Tiny().weights()


def ends(model, name, loaders, config=None):
    tokenizer = bytes_alone()
    model.generation_config.eos_token_id, model.config.eos_token_id = loaders, config
    return Ends.of(model, tokenizer, Renderer(writer_of(DATA[name]), tokenizer))


def test_all_ends_of_the_base_stay_beside_those_of_the_template(model):
    found = ends(model, "chatml", [4, 7], config=5)
    assert found.every == [0, 3, 4, 5, 7]  # <|end|> is the tokenizer's, <|im_end|> the template's
    assert (found.template, found.loaders, found.missed, found.plain) == ([3], [4, 7], [3], [])


@pytest.mark.parametrize(("name", "loaders"), [("chatml", [0, 3]), ("chatml", 3), ("zephyr", 0)])
def test_nothing_is_missed_where_the_base_ends_like_the_template(model, name, loaders):
    assert ends(model, name, loaders).missed == []


def test_a_base_without_ends(model):
    found = ends(model, "zephyr", None)
    assert (found.every, found.loaders, found.missed) == ([0], [], [0])


def test_a_word_of_plain_text_ends_nothing(model):
    found = ends(model, "zephyr", 72)  # a config that says nothing has the number of its class
    assert (found.every, found.plain) == ([0], [72])
    assert bytes_alone().decode([72]) == "a"
