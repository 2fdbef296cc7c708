"""Replies that KTO marks as undesired."""

from pitchpipe_components.formats import FORMATS
from tests.components.formats.published import chat, reply, user


def test_undesired_replies_are_kept_where_the_recipe_says_so():
    row = {"prompt": "2+2?", "completion": "5", "label": False}
    assert FORMATS["kto"](undesired="keep")(row) == chat(user("2+2?"), reply("5"), meta={"label": False})
