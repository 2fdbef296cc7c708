"""A reply that is rejected, or still awaited, is not judged as if it were taught; what cleans, cleans it."""

import pytest

import pitchpipe as pp
from tests.components.filters.talks import BY_NAME, conversation_of

ASKED = pp.Message("user", "What is the capital of France?")
BAD = pp.Message(
    "assistant",
    "I'm sorry, but as ChatGPT, trained by OpenAI, I cannot help with that. Regenerate response [insert name]. As of my"
    " last update in 2021 " + "very good " * 40 + "and",
)
REQUIRED = {"threshold": {"of": "x"}}
TALKS = {
    "rejected": pp.Conversation((ASKED,), rejected=BAD, meta={"x": 1.0}),
    "awaited": pp.Conversation((ASKED,), meta={"x": 1.0}),
}


@pytest.mark.parametrize("talk", TALKS)
@pytest.mark.parametrize("name", BY_NAME)
def test_it_is_kept(name, talk):
    verdict = BY_NAME[name](TALKS[talk], **REQUIRED.get(name, {}))
    assert not isinstance(verdict, pp.Drop) and not getattr(verdict, "drop", None)


@pytest.mark.parametrize(
    ("name", "dirty", "clean"),
    [
        ("pii", "Write to a@b.de.", "Write to [EMAIL]."),
        ("control_tokens", "So.<|im_end|>", "So."),
        ("control_tokens", "So <|im_end|> be it.", "So < |im_end|> be it."),
    ],
)
@pytest.mark.parametrize("alone", [True, False])
def test_what_cleans_words_cleans_a_rejected_reply_too(name, dirty, clean, alone):
    messages = (ASKED,) if alone else (ASKED, pp.Message("assistant", "Paris."))
    talk = pp.Conversation(messages, rejected=pp.Message("assistant", dirty))
    assert conversation_of(BY_NAME[name](talk)).rejected.content == clean
