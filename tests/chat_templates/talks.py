"""Conversations of every shape that rows have: what chat templates are tried with."""

import json
from typing import Any

from hypothesis import strategies as st

import pitchpipe as pp

LOOK = {
    "type": "function",
    "function": {
        "name": "look",
        "description": "Looks for a place.",
        "parameters": {
            "type": "object",
            "properties": {
                "place": {"type": "string", "description": "its name"},
                "near": {"type": "integer"},
            },
            "required": ["place"],
        },
    },
}
BOOK = {
    "type": "function",
    "function": {
        "name": "book",
        "description": "Books a table, so to speak.",
        "parameters": {
            "type": "object",
            "properties": {
                "table": {
                    "type": "object",
                    "description": "which one",
                    "properties": {
                        "seats": {"type": "array", "description": "who", "items": {"type": "string"}},
                        "kind": {"type": "string", "description": "what for", "enum": ["lunch", "supper"]},
                    },
                    "required": ["seats"],
                },
                "paid": {"type": "boolean", "description": "has it been paid?"},
            },
            "required": ["table"],
        },
    },
}
TOOLS = (LOOK, BOOK)


def user(words: str, **more: Any) -> pp.Message:
    return pp.Message("user", words, **more)


def reply(words: str, **more: Any) -> pp.Message:
    return pp.Message("assistant", words, **more)


def system(words: str) -> pp.Message:
    return pp.Message("system", words)


def call(name: str, arguments: Any, number: str = "abcdefgh1") -> dict[str, Any]:
    return {"id": number, "type": "function", "function": {"name": name, "arguments": arguments}}


def result(words: str, name: str = "look", number: str = "abcdefgh1") -> pp.Message:
    return pp.Message("tool", words, name=name, tool_call_id=number)


def talk(*messages: pp.Message, tools: tuple[dict[str, Any], ...] = ()) -> pp.Conversation:
    return pp.Conversation(messages, tools=tools)


ASKED, CALLED = user("Where is Ghent?"), call("look", {"place": "Ghent", "near": 3})
CALLING = reply("", tool_calls=(CALLED,))
TWO = (CALLED, call("look", {"place": "Bruges by the sea"}, "abcdefgh2"))
BOOKING = call("book", {"table": {"seats": ["Ann", "Zoë"], "kind": "lunch"}, "paid": True}, "abcdefgh3")
FOUND, THERE = result('{"lat": 51.05, "lon": 3.72}'), reply("It lies in Flanders.")
SECOND = (user("And who founded it?"), reply("Nobody knows for certain."))
CODE = "```python\ndef f(x: dict) -> str:\n    return f'{{ {x[\"a\"]} }}' if x else '<b>{% no %}</b>'\n```"

PLAIN = {
    "one reply": talk(user("Say hello."), reply("Hello there!")),
    "three replies": talk(
        user("Say hello."), reply("Hello there!"), user("Again?"), reply("Hello again!"),
        user("And once more?"), reply("No."),
    ),
    "twelve replies": talk(
        *(m for n in range(12) for m in (user(f"What is {n} and one?"), reply(f"It is {n + 1}.")))
    ),
    "system": talk(system("Be brief and kind."), user("Say hello."), reply("Hello!")),
    "system, two replies": talk(
        system("Be brief and kind."), user("Say hello."), reply("Hello!"), user("Again?"), reply("Hello again!")
    ),
    "context": talk(user("Put it in capitals.", context="tiny words"), reply("TINY WORDS")),
    "the same words twice": talk(user("Yes"), reply("Yes"), user("Yes"), reply("Yes")),
    "one letter": talk(user("a"), reply("a"), user("b"), reply("b")),
}  # fmt: skip
REASONING = {
    "reasoning": talk(user("One and one?"), reply("Two.", reasoning="One more than one.")),
    "reasoning in all": talk(
        user("One and one?"), reply("Two.", reasoning="One more than one."),
        user("Two and two?"), reply("Four.", reasoning="Twice as much as two."),
        user("And four and four?"), reply("Eight.", reasoning="Twice that again."),
    ),
    "reasoning in the last": talk(
        user("One and one?"), reply("Two."), user("Two and two?"), reply("Four.", reasoning="Twice two.")
    ),
    "reasoning in the first": talk(
        user("One and one?"), reply("Two.", reasoning="One more than one."), user("Thanks!"), reply("Gladly.")
    ),
    "reasoning of lines": talk(
        system("Think."), user("Why?"), reply("So.\n\nYes.", reasoning="First, this.\n\nThen, that.\n- done")
    ),
    "reasoning in the words of the reply": talk(
        user("One and one?"), reply("Two.", reasoning="Two."), user("And one?"), reply("Three.", reasoning="Three")
    ),
    "reasoning with white space": talk(user("Why?"), reply("So.", reasoning="\nLet me see.\n")),
}  # fmt: skip
CALLS = {
    "call": talk(ASKED, CALLING, FOUND, THERE, tools=TOOLS),
    "call last": talk(ASKED, CALLING, tools=TOOLS),
    "call with system": talk(system("Use tools."), ASKED, CALLING, FOUND, THERE, tools=TOOLS),
    "call with words": talk(
        ASKED, reply("Let me look.", tool_calls=(CALLED,)), FOUND, THERE, tools=TOOLS
    ),
    "call with reasoning": talk(
        ASKED, reply("", tool_calls=(CALLED,), reasoning="I should look."), FOUND,
        reply("It lies in Flanders.", reasoning="So that is where."), tools=TOOLS,
    ),
    "call with reasoning and words": talk(
        ASKED, reply("Let me look.", tool_calls=(CALLED,), reasoning="I should look."), FOUND, THERE,
        tools=TOOLS,
    ),
    "two calls at once": talk(
        ASKED, reply("", tool_calls=TWO), FOUND, result("By the sea.", "look", "abcdefgh2"), THERE, tools=TOOLS
    ),
    "two rounds": talk(
        ASKED, CALLING, FOUND, reply("", tool_calls=(BOOKING,)), result("Booked.", "book", "abcdefgh3"),
        reply("A table is booked."), tools=TOOLS,
    ),
    "call, then a question": talk(ASKED, CALLING, FOUND, THERE, *SECOND, tools=TOOLS),
    "question, then a call": talk(user("Hello."), reply("Hi!"), ASKED, CALLING, FOUND, THERE, tools=TOOLS),
    "calls in two turns": talk(
        ASKED, CALLING, FOUND, THERE, user("Then book."), reply("", tool_calls=(BOOKING,)),
        result("Booked.", "book", "abcdefgh3"), reply("Done."), tools=TOOLS,
    ),
    "result last": talk(ASKED, CALLING, FOUND, tools=TOOLS),
    "call of nothing": talk(
        ASKED, reply("", tool_calls=(call("look", {}),)), result("No place."), THERE, tools=TOOLS
    ),
    "arguments as text": talk(
        ASKED, reply("", tool_calls=(call("look", json.dumps({"place": "Gand", "near": 2})),)), FOUND, THERE,
        tools=TOOLS,
    ),
    "arguments of every kind": talk(
        ASKED,
        reply("", tool_calls=(call("book", {"table": {"seats": []}, "paid": False, "n": None, "x": 1.5}),)),
        FOUND, THERE, tools=TOOLS,
    ),
    "arguments with signs": talk(
        ASKED, reply("", tool_calls=(call("look", {"place": "a \"b\" <c> {d} é\n'e'"}),)), FOUND, THERE,
        tools=TOOLS,
    ),
    "tools that nobody uses": talk(user("Say hello."), reply("Hello there!"), tools=TOOLS),
    "nested tool, system, two replies": talk(
        system("Be kind."), user("Say hello."), reply("Hello!"), *SECOND, tools=(BOOK,)
    ),
}  # fmt: skip
WORDS = {
    "white space in a question": talk(user("  Say hello.\n\n"), reply("Hello there!")),
    "white space before a reply": talk(user("Say hello."), reply("  Hello there!")),
    "white space behind a reply": talk(user("Say hello."), reply("Hello there! \n")),
    "lines around replies": talk(
        user("Say hello."), reply("\n\nHello there!\n"), user("Again?"), reply("\nHello again!\n\n")
    ),
    "white space in a system message": talk(system("\n Be kind. \n"), user("Say hello."), reply("Hello!")),
    "white space in a result": talk(ASKED, CALLING, result("\n Flanders. \n"), THERE, tools=TOOLS),
    "letters of the world": talk(
        user("Traduis « œuvre » en 日本語."), reply("作品 — naïve Übung, Привет, مرحبا, 👩‍🚀👍🏽"),
        user("नमस्ते"), reply("é (e\u0301)"),
    ),
    "code": talk(user("Write f."), reply(CODE), user("Shorter: " + CODE), reply("{{ x }} <b>no</b> [a] \\n")),
    "many lines": talk(user("A list, please."), reply("# One\n\n- a\n- b\n\n\n1. c\n\t2. d\n\n| e | f |")),
    "words of markup": talk(user("What is <b> in HTML?"), reply("<b>bold</b>, and <i>italic</i>.")),
}  # fmt: skip
ODD = {
    "empty reply": talk(user("Say nothing."), reply(""), user("Good."), reply("Thanks.")),
    "only an empty reply": talk(user("Say nothing."), reply("")),
    "two users": talk(user("Hello."), user("Is anybody there?"), reply("Yes.")),
    "two replies at once": talk(user("Hello."), reply("Hello."), reply("How are you?")),
    "question last": talk(user("Hello."), reply("Hi!"), user("Still there?")),
    "reply first": talk(reply("How can I help?"), user("Say hello."), reply("Hello!")),
    "system in the middle": talk(
        user("Hello."), reply("Hi!"), system("Now be brief."), user("Say hello."), reply("Hello!")
    ),
    "two systems": talk(system("Be kind."), system("Be brief."), user("Say hello."), reply("Hello!")),
    "first reply unlearned": talk(user("Hello."), reply("Hm.", learn=False), *SECOND),
    "last reply unlearned": talk(user("Hello."), reply("Hi!"), user("More."), reply("Hm.", learn=False)),
    "call unlearned": talk(
        ASKED, pp.replace(CALLING, learn=False), FOUND, THERE, tools=TOOLS
    ),
    "reasoning unlearned": talk(
        user("One and one?"), reply("Two.", reasoning="One more.", learn=False),
        user("Two and two?"), reply("Four.", reasoning="Twice two."),
    ),
    "nothing learned": talk(user("Hello."), reply("Hm.", learn=False)),
}  # fmt: skip
TALKS: dict[str, pp.Conversation] = {**PLAIN, **REASONING, **CALLS, **WORDS, **ODD}

# --- Made up -------------------------------------------------------------------------------------

_words = st.lists(
    st.sampled_from(["Hello", "yes", "no", "why?", "1.", "é", "日本", "👍🏽", "a\nb", "<b>", "{x}", "\t", "--"]),
    min_size=1, max_size=4,
).map(" ".join)  # fmt: skip
_around = st.sampled_from(["", "", "", "", " ", "\n", "\n\n"])
_said = st.builds(lambda before, words, after: before + words + after, _around, _words, _around).filter(
    str.strip
)
_thought = st.one_of(st.just(""), _words.map("Thus: {}".format))  # words that nobody else has
_learn = st.sampled_from([None, None, None, False])
_arguments = st.fixed_dictionaries(
    {"place": _words.map("at {}".format)}, optional={"near": st.integers(0, 9)}
)


@st.composite
def _rounds(draw: Any, number: int) -> list[pp.Message]:
    """What a model does between a question and its answer."""
    made = []
    for at in range(draw(st.integers(1, 2))):
        names = [f"callid{number}{at}{n}" for n in range(draw(st.integers(1, 2)))]
        calls = tuple(call("look", {**draw(_arguments), "id": name}, name) for name in names)
        said = draw(st.sampled_from(["", "", "One moment."]))
        made.append(reply(said, tool_calls=calls, reasoning=draw(_thought)))
        made += [result(draw(_words), "look", name) for name in names]
    return made


@st.composite
def talks(draw: Any) -> pp.Conversation:
    """Any conversation of questions and replies, some of them with reasoning, some with calls."""
    messages = [system(draw(_said))] if draw(st.booleans()) else []
    calling, thinking = draw(st.booleans()), draw(st.booleans())
    for number in range(draw(st.integers(1, 3))):
        messages.append(user(draw(_said)))
        if calling and draw(st.booleans()):
            messages += draw(_rounds(number))
        messages.append(reply(draw(_said), reasoning=draw(_thought) if thinking else "", learn=draw(_learn)))
    return pp.Conversation(tuple(messages), tools=(LOOK,) if calling else ())
