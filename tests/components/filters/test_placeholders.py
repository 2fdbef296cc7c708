"""Placeholders of prompts count only where a recipe asks for it."""

import pitchpipe as pp
from pitchpipe_components import filters
from tests.components.filters.talks import dropped, talk


def test_placeholders_of_prompts_count_where_asked():
    chat = talk("Dear [insert name]", "Fine.")
    assert dropped(filters.placeholders(chat)) is None
    assert dropped(filters.placeholders(chat, prompts=True)) == pp.Drop(
        "placeholders too high: Dear [insert name] Fine.", 1, 0
    )
