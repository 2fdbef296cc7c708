"""A render is taken apart into the chat template's own text and the data's, whatever it trims."""

import re

from pitchpipe.records.conversation import Message
from pitchpipe_stages.render.chat_template import ChatTemplate, Passed

TRIMS_WORDS_ALONE = (
    "{% for m in messages %}<{{ m.role }}>"
    "{% if m.reasoning_content %}({{ m.reasoning_content }}){% endif %}"
    "{{ m.content | trim }}{% endfor %}"
)


def test_words_are_found_where_words_are_trimmed_and_reasoning_is_not():
    template = ChatTemplate(TRIMS_WORDS_ALONE, risky=re.compile("<user>"))
    messages = [Message("user", "  Why <user>? "), Message("assistant", " So. ", reasoning="Let me see. \t")]
    rendered = template.written(messages, [], Passed())
    assert rendered.text == "<user>Why <user>?<assistant>(Let me see. \t)So."
    assert [text for text, tag in rendered.parts if tag] == ["Why <user>?", "Let me see. \t", "So."]
