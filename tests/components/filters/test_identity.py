"""Replies that claim to be another assistant are renamed or dropped."""

from pitchpipe_components import filters
from tests.components.filters.talks import dropped, reply, talk


def test_claims_can_say_another_name():
    text = "Hi! I am ChatGPT, an AI made by OpenAI.\nOpenAI sells ChatGPT to many."
    verdict = filters.teacher_identity(reply(text), name="Pip", maker="Us")
    assert verdict.notes == ("teacher renamed",) and dropped(verdict) is None
    renamed = verdict.conversation.messages[1].content
    assert renamed == "Hi! I am Pip, an AI made by Us.\nOpenAI sells ChatGPT to many."
    assert dropped(filters.teacher_identity(reply(renamed))) is None


def test_a_claim_of_a_maker_that_has_no_other_name_is_dropped():
    verdict = filters.teacher_identity(reply("I am Claude, an AI trained by Anthropic."), name="Pip")
    assert verdict.conversation.messages[1].content == "I am Pip, an AI trained by Anthropic."
    assert dropped(filters.teacher_identity(reply("I am an AI model trained by Anthropic."), name="Pip"))


def test_renaming_leaves_what_users_say():
    chat = talk("I am ChatGPT.", "I am ChatGPT.")
    edited = filters.teacher_identity(chat, name="Pip").conversation
    assert [message.content for message in edited.messages] == ["I am ChatGPT.", "I am Pip."]
