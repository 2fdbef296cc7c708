"""Whatever a format hands on, repair makes it sound or says why not, and tells every change."""

import json
import re
from itertools import pairwise
from timeit import repeat

from hypothesis import example, given, settings
from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe_components.repair import repair
from tests.components.repair.talks import U2, M, U, outcome, talk, words

NASTY = [
    *(
        "",
        " ",
        "nan",
        "Hi",
        "Hello",
        "a\r\n",
        "\x00",
        "\x1b[0m",
        "\u200b",
        "ก\u2060\u200b",
        "\ud800",
        "\udc00\ud83d",
        "Ã©",
        "ÃƒÂ©",
    ),
    *(
        "é\xa0»",
        "â€™",
        "&amp;lt;br&gt;",
        "<br>",
        "<p>",
        "</p>",
        "&#13;",
        "u\u200btf-8 Ã©",
        "`<br>`",
        "ht\xadml",
        "\x85",
        "ï¿½",
        "<noinput>",
    ),
    *(
        "<think>",
        "</think>",
        "\n</think>\n\n",
        "<think>\n\n</think>\n\nHi",
        "<\u200bthink>a</think>",
        "```\n",
    ),
]
texts = st.lists(st.sampled_from(NASTY) | st.text(st.characters(), max_size=3), max_size=4).map(
    "".join
) | st.text(st.characters(codec=None), max_size=8)
plain_json = st.none() | st.booleans() | st.integers() | st.floats() | texts
values = st.recursive(
    plain_json,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "image", "x"]) | texts, inner, max_size=3)
    ),
    max_leaves=5,
)
roles = st.sampled_from(["user", "assistant", "human", "gpt", "system", "tool"])
tool_calls = (
    st.just(()) | st.just(()) | st.lists(st.dictionaries(texts, values, max_size=2), max_size=2) | values
)
raw_messages = st.builds(
    M, roles | roles | roles | values, texts | texts | values, context=st.just("") | values, learn=st.none() | st.none() | values,
    reasoning=st.just("") | values, tool_calls=tool_calls, name=st.just("") | values, tool_call_id=st.just("") | values,
)  # fmt: skip
simple = st.builds(M, roles, texts, learn=st.sampled_from([None, None, 0, 1, True, False]))
conversations = st.builds(
    pp.Conversation, st.lists(simple, max_size=7).map(tuple) | st.lists(raw_messages, max_size=5).map(tuple),
    rejected=st.none() | st.none() | simple | raw_messages, meta=st.sampled_from([{}, {}, {"plain": True}]),
)  # fmt: skip
choices = st.fixed_dictionaries(
    {},
    optional={
        "first_reply": st.sampled_from(["trim", "keep", "drop"]),
        "same_role": st.sampled_from(["merge", "drop"]),
        "system": st.sampled_from(["merge", "keep_first", "drop"]),
        "unknown_role": st.sampled_from(["drop", "skip"]),
    }
    | dict.fromkeys(
        ("mojibake", "html", "newlines", "controls", "invisible", "nbsp", "reasoning"), st.booleans()
    ),
)


def assert_sound(conversation, first_reply="trim", **options):
    messages = conversation.messages
    assert all(message.role in ("system", "user", "assistant", "tool") for message in messages)
    for message in (*messages, *filter(None, [conversation.rejected])):
        for text in (message.content, message.context, message.reasoning, message.name, message.tool_call_id):
            assert type(text) is str and text.encode().decode() == text
        assert message.learn is None or type(message.learn) is bool
        assert type(message.tool_calls) is tuple and all(
            isinstance(call, dict) for call in message.tool_calls
        )
        json.dumps(message.tool_calls, ensure_ascii=False).encode()
        assert (
            message.role in ("tool",)
            or message.content.strip()
            or message.context.strip()
            or message.tool_calls
        )
        if options.get("controls", True):
            assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", message.content + message.context)
    if conversation.meta and len(messages) == 1:
        assert messages[0].role == "assistant"
        return
    talk = messages[messages[0].role == "system" :]
    assert talk[-1].role == "assistant" and "system" not in {message.role for message in talk}
    assert any(message.role == "user" for message in talk)
    assert first_reply == "keep" or talk[0].role == "user"
    for one, two in pairwise(talk):
        if one.role == two.role and one.role != "tool":
            assert (
                one.tool_calls
                or two.tool_calls
                or (one.learn, one.name, one.tool_call_id) != (two.learn, two.name, two.tool_call_id)
            )


@settings(max_examples=400, deadline=None)
@given(conversations, choices)
@example(talk(U, ("assistant", "Ã©"), U2, ("assistant", ""), ("user", "UTF-8")), {})
@example(talk(("user", "html"), ("assistant", "<br>a"), ("user", "<br>")), {})
def test_whatever_comes_it_is_sound_afterwards_and_needs_no_more_repair(conversation, options):
    result = outcome(conversation, **options)
    if isinstance(result, pp.Drop):
        assert result.reason
        return
    assert_sound(result[0], **options)
    assert repair(result[0], **options) is result[0]


@given(st.lists(st.tuples(words, words, words), min_size=1, max_size=4), st.booleans())
def test_a_sound_conversation_comes_back_itself(turns, with_system):
    messages = [M("system", "Be kind.")] if with_system else []
    for asked, about, said in turns:
        messages += [M("user", asked, context="on " + about), M("assistant", said, learn=True)]
    sound = talk(*messages)
    assert repair(sound) is sound
    named = talk(
        *(pp.replace(m, role={"user": "human", "assistant": "gpt"}.get(m.role, m.role)) for m in messages)
    )
    assert repair(named) == sound


def test_sound_conversations_cost_next_to_nothing():
    sound = talk(
        *[(role, "A line of plain English, as most are.\n" * 8) for role in ("user", "assistant") * 2]
    )
    whole = min(repeat(lambda: repair(sound), number=200, repeat=5))
    walk = min(
        repeat(
            lambda: [(m.role, m.content.isascii(), m.content.split()) for m in sound.messages],
            number=200,
            repeat=5,
        )
    )
    assert whole < walk, "dearer than one look at each word"
