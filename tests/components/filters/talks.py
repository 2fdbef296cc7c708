"""Conversations for tests of filters, and what a verdict says."""

import pitchpipe as pp
from pitchpipe_components.filters import ALONE

BY_NAME = {filter.__name__: filter for filter in ALONE}


def talk(*texts, **rest):
    """A conversation of alternating user messages and replies."""
    roles = ("user", "assistant") * len(texts)
    messages = tuple(pp.Message(role, text) for role, text in zip(roles, texts, strict=False))
    return pp.Conversation(messages, **rest)


def reply(text, prompt="What do you say to that?"):
    return talk(prompt, text)


def dropped(verdict):
    return verdict if isinstance(verdict, pp.Drop) else getattr(verdict, "drop", None)


def conversation_of(verdict):
    return getattr(verdict, "conversation", verdict)


def score(verdict, name):
    return verdict.scores[name][0]


LETTER = "Dear Ms Lopez,\n\nthank you for your order. It leaves our house on Monday.\n\nYours, Tom"
STEPS = "1. Preheat the oven.\n2. Mix [flour and sugar].\n3. Bake for 20 minutes."
CODE = "Run this:\n\n```python\n# TODO: {prompt} <your token>\nprint('As an AI [insert] <|im_end|>')\n```\n\nDone."
ORDINARY = [
    "Paris.", "4", "Yes", "42", "-", "", "Nein, das stimmt nicht.", "是的。", LETTER, STEPS, "| a | b |\n|---|---|\n| 1 | 2 |",
    "🙂", "नमस्ते दुनिया", "1 / 2", "x = 1", "It costs $5 [1] <b>only</b> today.", "He wrote: \"Copy code by hand.\"",
]  # fmt: skip
PLAIN = (
    "Photosynthesis turns light into chemical energy. Plants take up water through their roots, and carbon "
    "dioxide through small openings in their leaves. Oxygen is set free; sugar is stored for the night. "
)
NOUNS = [
    "river",
    "tower",
    "garden",
    "market",
    "harbour",
    "bridge",
    "school",
    "temple",
    "quarry",
    "forest",
    "meadow",
    "canal",
]
LONG = " ".join(
    f"In {1900 + 7 * n} {NOUNS[n % 12]} {n} lay near a {NOUNS[n * 5 % 12]}; {n * 17} people and {n % 9} mills {NOUNS[n * 7 % 11]}ed it for {n * 13} years."
    for n in range(60)
)
