"""Conversations, and what a template learns of them."""

import pitchpipe as pp

TALK = pp.Conversation(
    (
        pp.Message("user", "A?"),
        pp.Message("assistant", "a."),
        pp.Message("user", "B?"),
        pp.Message("assistant", "b."),
    ),
    id="one",
)
PLAIN = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"


def learned(template, conversation=TALK):
    return "".join(piece.text for piece in template(conversation) if piece.learn)


def change(index, **changes):
    messages = list(TALK.messages)
    messages[index] = pp.replace(messages[index], **changes)
    return pp.replace(TALK, messages=tuple(messages))


THOUGHT = change(1, reasoning="Early.")
THOUGHT = pp.replace(
    THOUGHT, messages=(*THOUGHT.messages[:3], pp.replace(TALK.messages[3], reasoning="Late."))
)
