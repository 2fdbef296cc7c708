"""What holds of every filter, whatever a conversation says."""

import inspect
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe_components.filters import ALONE, language
from pitchpipe_components.filters.tokens import Tokens
from tests.components.filters.talks import BY_NAME, conversation_of, reply

TEXT = st.text(st.characters(), max_size=300) | st.lists(
    st.sampled_from([*"<>[]{}#`|.!?:@-_\n 0123", "I am ", "openai ", "<|im_end|>", "```\n", "Copy code\n", "1. ", "[insert ", "prompt#", " / ",
                     "\ud800", "İ", "a@b.de", "+49 30 123456 ", "1:2:3::4", "sk-", "NETWORK ERROR", "very good "]),
    max_size=60,
).map("".join)  # fmt: skip
MESSAGE = st.builds(
    pp.Message, st.sampled_from(["user", "assistant", "system", "tool"]), TEXT, TEXT, st.sampled_from([None, True, False]), TEXT,
    st.sampled_from([(), ({"name": "f", "arguments": {"x": [1, "y"]}},)]),
)  # fmt: skip
CONVERSATION = st.builds(
    pp.Conversation,
    st.lists(MESSAGE, max_size=4).map(tuple),
    rejected=st.none() | MESSAGE,
    meta=st.dictionaries(st.sampled_from("abx"), TEXT | st.floats()),
)
REQUIRED = {"threshold": {"of": "x"}}


@pytest.mark.parametrize("name", [*BY_NAME, "language"])
@settings(deadline=None)  # a model is loaded, and patterns are compiled, by the first
@given(chat=CONVERSATION)
def test_no_filter_crashes_and_every_score_is_a_number(name, chat):
    verdict = (
        language(chat, keep=("en",)) if name == "language" else BY_NAME[name](chat, **REQUIRED.get(name, {}))
    )
    if isinstance(verdict, pp.Drop):
        return
    for value, least, most in getattr(verdict, "scores", {}).values():
        assert math.isfinite(value) and not isinstance(value, bool)
        assert all(bound is None or math.isfinite(bound) for bound in (least, most))
    edited = conversation_of(verdict)
    assert (edited is chat) or edited != chat
    for old, new in zip(chat.messages, edited.messages, strict=True):
        assert (old.role, old.learn, old.name) == (new.role, new.learn, new.name)
        assert len(old.tool_calls) == len(new.tool_calls)
    assert (edited.meta is chat.meta) and edited.id == chat.id


@pytest.mark.parametrize("name", BY_NAME)
def test_what_was_remembered_of_one_conversation_is_never_taken_for_another(name):
    options = REQUIRED.get(name, {})
    one, other = reply("I am ChatGPT. [insert name] As of my last update... kill yourself"), reply("Paris.")
    assert [BY_NAME[name](chat, **options) for chat in (one, other, one)][::2] == [
        BY_NAME[name](one, **options)
    ] * 2
    assert BY_NAME[name](other, **options) == BY_NAME[name](reply("Paris."), **options)


@pytest.mark.parametrize("filter", [*ALONE, language, Tokens], ids=lambda filter: filter.__name__)
def test_bounds_are_named_after_their_scores_and_options_are_described(filter):
    from pitchpipe.host.options import options_of

    options = options_of(filter)
    assert all(option.description and not option.problem() for option in options.values())
    source = inspect.getsource(filter)
    for bound in (name for name in options if re.match(r"(min|max)_", name) and name not in EXEMPTIONS):
        assert re.search(rf"\b{bound[4:]}\b\"?( ?=|\]? =|:)", source), bound


EXEMPTIONS = {"min_words", "min_chars", "min_letters"}
