"""The profile sft_default keeps ordinary rows and drops broken ones."""

import pytest

import pitchpipe as pp
from pitchpipe_components import filters
from pitchpipe_components.filters import SFT_DEFAULT
from tests.components.filters.talks import (
    BY_NAME,
    CODE,
    LONG,
    ORDINARY,
    PLAIN,
    conversation_of,
    dropped,
    reply,
)
from tests.documents import ROOT


def profiled(chat):
    """What a conversation is after the profile's own filters, or the first drop of them."""
    for entry in SFT_DEFAULT.entries:
        name, options = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
        if name in BY_NAME and options.get("action") != "tag":
            verdict = BY_NAME[name](chat, **options)
            if dropped(verdict):
                return dropped(verdict)
            chat = conversation_of(verdict)
    return chat


@pytest.mark.parametrize(
    "text",
    [text for text in ORDINARY if text]
    + [CODE, PLAIN, LONG, "I'm sorry, but I can't help.", "Apples, pears, etc.", "And so..."],
)
def test_the_profile_keeps_what_is_ordinary(text):
    chat = reply(text)
    kept = profiled(chat)
    assert kept is chat or ("<|im_end|>" in text and "< |im_end|>" in kept.messages[1].content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I am ChatGPT.",
        "My name is [Your Name].",
        "<nooutput>",
        "No output.",
        "#Rewritten Prompt#: x",
        "```\nopen",
        PLAIN + "I do not know. " * 9,
        "What do you say to that?",
        "x" * 200_001,
    ],
)
def test_the_profile_drops_what_is_broken(text):
    assert isinstance(profiled(reply(text)), pp.Drop)


def test_the_profile_names_filters_and_options_that_there_are():
    from pitchpipe.host.options import options_of

    for entry in SFT_DEFAULT.entries:
        name, options = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
        assert name in BY_NAME or name == "exact_duplicates"
        assert options.keys() <= {*options_of(BY_NAME.get(name, filters.length)), "action"}


def test_the_docs_know_every_filter():
    page = (ROOT / "docs/filters.md").read_text("utf-8")
    assert [name for name in [*BY_NAME, "language", "tokens"] if f"`{name}`" not in page] == []
    for entry in SFT_DEFAULT.entries:
        assert f"`{entry}`" in page or next(iter(entry)) in page
