"""The dirt of chats that people shared: what pages left, what teachers said of themselves, what broke."""
# ruff: noqa: E501, RUF001 a line for each chat; quotes as pages write them

from copy import deepcopy
from random import Random
from typing import Any

Chat = dict[str, Any]
Turns = list[tuple[Any, Any]]


def _asked(*pairs: tuple[Any, Any]) -> list[Turns]:
    """Chats of one question and one answer."""
    return [[("human", asked), ("gpt", answer)] for asked, answer in pairs]


# Chats that are beyond repair, or say what no model of yours should learn.
CHATS: dict[str, list[Turns]] = {
    "identity": _asked(
        ("Who are you?", "I am ChatGPT, a large language model trained by OpenAI. How can I help you today?"),
        ("Are you a human being?", "No, I'm an AI language model developed by OpenAI, so I have no body."),
        ("Which company made you?", "I was created by Anthropic. My name is Claude, and I am an AI assistant."),
        ("Can you drink coffee?", "As ChatGPT, I cannot drink, but I can tell you how to brew a good cup."),
    ),
    "refusal": _asked(
        ("What will the weather be tomorrow?", "I'm sorry, but I cannot look into the future."),
        ("Do you like jazz?", "As an AI, I do not have tastes. Many people like it for its freedom."),
        ("Sing me a song.", "I cannot sing, since I have no voice."),
        ("Guess my age.", "I apologize, but I am not able to guess the age of a person from a message."),
    ),
    "placeholder": _asked(
        ("How do I find the lake?", "Walk past [insert place] and ask [Your Name] there."),
        ("Write a sign for my shop.", "[Company Name] is closed today. We open again on [date]."),
        ("Fill this page with some text.", "Lorem ipsum dolor sit amet, as the old printers say."),
    ),
    "leak": _asked(
        ("Make this question harder: what is rain?", "#Rewritten Prompt#: What is rain, and why does it smell?"),
        ("Name a vegetable.", "A carrot.\nHuman: Name a fruit.\nAssistant: A pear."),
        ("Translate good night into Dutch.", "### Response:\nGoede nacht."),
    ),
    "cut-off": _asked(
        ("Show me a loop in Python.", "Here is one:\n\n```python\nfor number in range(10):\n    print(num"),
        ("How do I list files in a shell?", "Like this:\n\n```\nls -l\n"),
    ),
    "loop": _asked(
        ("Tell me about the sea.", "The sea is wide. " + "It goes on and on and never ends. " * 12),
        ("Praise my dog.", "What a good dog you have there, and how clever it is. " * 8),
    ),
    "echo": _asked(
        ("Tell me why cats land on their feet.", "Tell me why cats land on their feet."),
        ("Explain how a lock on a canal works.", "Explain how a lock on a canal works."),
    ),
    "cutoff": _asked(
        ("Who holds the record for the marathon?", "As of my last update, a runner from Kenya held it."),
        ("What is the latest Python?", "My knowledge cutoff is two years back: look at the site of Python."),
    ),
    "personal": _asked(
        ("My address is anna.keller@kellerbau.ch, is that a good one?", "Yes: anna.keller@kellerbau.ch is easy to spell."),
        ("Call me at +41 44 668 18 00 when you are done.", "Done already: the list is sorted."),
        ("What does the server at 93.184.216.34 do?", "That address belongs to a web server."),
    ),
    "unknown-role": [
        [("human", "Open the door."), ("narrator", "The door creaks."), ("gpt", "It is open.")],
        [("human", "What do you see?"), ("oracle", "Fog."), ("gpt", "Hardly anything.")],
    ],
    "no-answer": [
        [("human", "Is anybody there?")],
        [("human", "Hello?"), ("gpt", "")],
        [("human", "Hello again?"), ("gpt", None)],
    ],
    "number": _asked(("What is six times seven?", 42), ("How many legs has a spider?", 8)),
    "conflict": _asked(
        ("Is a tomato a fruit or a vegetable?", "A fruit, if you ask a botanist."),
        ("Is a tomato a fruit or a vegetable?", "A vegetable."),
        ("How many continents are there?", "Seven."),
        ("How many continents are there?", "Five, as the rings of the Olympic flag say."),
    ),
}  # fmt: skip


def spoiled(kind: str, number: int, chat: Chat) -> Chat:
    """A sound chat of two questions, spoiled in one of the ways that can be mended (or not)."""
    turns = deepcopy(chat["conversations"])
    SPOILERS[kind](turns)
    return {"id": f"{kind}-{number % 3 + 1}", "conversations": turns}


def _edit(at: int, change: Any) -> Any:
    """A spoiler that changes the words of one turn."""

    def spoil(turns: list[Chat]) -> None:
        turns[at]["value"] = change(turns[at]["value"])

    return spoil


def _rename(turns: list[Chat]) -> None:
    """Other exports of the same chats: their roles have other names, which is no dirt."""
    for turn, name in zip(turns, ("user", "chatgpt", "user", "bing"), strict=True):
        turn["from"] = name


SPOILERS: dict[str, Any] = {
    "copy-button": _edit(1, lambda said: f"pythonCopy code\n{said}"),
    "regenerate": _edit(3, lambda said: f"{said}\nRegenerate response"),
    "counter": _edit(1, lambda said: f"2 / 3\n\n{said}"),
    "cursor": _edit(3, lambda said: f"{said}▌"),
    "network-error": _edit(3, lambda said: f"{said[:20]}\n\nNETWORK ERROR"),
    "control-token": _edit(1, lambda said: f"{said}<|im_end|>\n<|im_start|>user"),
    "mojibake": _edit(1, lambda said: f"It’s easy – here’s how: {said}".encode().decode("cp1252")),
    "html": _edit(3, lambda said: f'<div class="markdown prose"><p>{said}</p></div>'),
    "entities": _edit(0, lambda said: f"Q&amp;A: {said} I&#39;d like to know."),
    "line-ends": _edit(2, lambda said: f"{said}\r\nPlease.\r\n\x07"),
    "invisible": _edit(1, lambda said: f"\ufeff{said[:9]}\u200b{said[9:]}"),
    "surrogate": _edit(3, lambda said: f"{said} \ud83d"),
    "leading-reply": lambda turns: turns.insert(0, {"from": "gpt", "value": "Hello! Ask me anything."}),
    "trailing-prompt": lambda turns: turns.append({"from": "human", "value": "Thanks! One more thing:"}),
    "empty-turn": _edit(2, lambda said: "  "),
    "merged": lambda turns: turns.insert(2, {"from": "gpt", "value": "Shall I go on?"}),
    "late-system": lambda turns: turns.insert(2, {"from": "system", "value": "Answer in few words."}),
    "parts": _edit(0, lambda said: [{"type": "text", "text": said}]),
    "other-names": _rename,
}


def copies(random: Random, talks: list[Chat]) -> list[Chat]:
    """Chats that were shared twice: some as they are, some with a greeting and without their end."""
    found = []
    for number, chat in enumerate(random.sample(talks, 16)):
        again, kind = deepcopy(chat), "again" if number < 8 else "nearly"
        if kind == "nearly":
            last = again["conversations"][-1]
            first, last = again["conversations"][0], again["conversations"][-1]
            first["value"] = f"Hi there! {first['value']}"
            words = last["value"].split(" ")
            last["value"] = " ".join(words[: max(1, len(words) - 2 * number + 14)])
        found.append({"id": f"{kind}-{number % 8 + 1}-{chat['id']}", "conversations": again["conversations"]})
    return found
