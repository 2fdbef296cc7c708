"""The chat template that is saved with a model writes what the model's own does, on the day of training."""

from datetime import datetime

import pytest

from pitchpipe_components.templates.own import OfTokenizer
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.writer import writer_of
from tests.chat_templates import SHAPES, source, tokenizer_of
from tests.chat_templates.oracle import Oracle, as_sent
from tests.chat_templates.talks import TALKS


class Stopped(datetime):
    """The day that a recipe has where it names none."""

    @classmethod
    def now(cls, tz=None):
        return cls(2024, 7, 26)


NAMES = sorted(name for name in SHAPES if isinstance(source(name), str))


@pytest.mark.parametrize("name", NAMES)
def test_the_saved_chat_template_writes_what_the_models_own_writes(name, monkeypatch):
    """By transformers, whose clock is stopped."""
    monkeypatch.setattr("transformers.utils.chat_template_utils.datetime", Stopped)
    tokenizer = tokenizer_of(name)
    renderer = Renderer(writer_of(OfTokenizer()), tokenizer)
    saved = tokenizer_of(name)
    saved.chat_template = renderer.chat_template
    own, theirs = Oracle(tokenizer_of(name), SHAPES[name].ends), Oracle(saved, SHAPES[name].ends)
    written = 0
    for shape, talk in TALKS.items():
        said, tools = [as_sent(m, True, "", name == "parts") for m in talk.messages], list(talk.tools)
        for prompt in (True, False):
            expected = own.render(said, tools, prompt, {})
            assert theirs.render(said, tools, prompt, {}) == expected, shape
            written += expected is not None
    assert written > 5
