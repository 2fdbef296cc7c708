"""Templates that are data."""

import pytest

import pitchpipe as pp


def test_the_stop_token_must_follow_a_reply():
    with pytest.raises(ValueError, match="the stop token '<end>' must stand in what follows a reply"):
        pp.turns(user=("", ""), assistant=("", "{eos}"), stop="<end>")


def test_a_system_message_has_one_place():
    with pytest.raises(ValueError, match="`system` or `fold`"):
        pp.turns(user=("", ""), assistant=("", "{eos}"), system=("", ""), fold=("", ""))


def test_jinja_text_writes_any_text():
    from jinja2 import Environment

    text = "a 'quoted' \\ word\n{{ not }} {% jinja %}"
    assert Environment().from_string(pp.jinja_text(text)).render() == text
    assert pp.jinja_text("") == ""
