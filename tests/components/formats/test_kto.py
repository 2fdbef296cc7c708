"""Replies that KTO marks as undesired: the format says what the label means, the source what becomes of the row."""

import pytest

from pitchpipe_components.formats import FORMATS
from tests.components.formats.published import chat, reply, user


@pytest.mark.parametrize("label", [False, 0, "false", "0.0"])
def test_a_label_of_any_spelling_becomes_a_truth_value(label):
    row = {"prompt": "2+2?", "completion": "5", "label": label}
    assert FORMATS["kto"]()(row) == chat(user("2+2?"), reply("5"), meta={"label": False})
