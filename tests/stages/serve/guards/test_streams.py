"""A stream under a guard: what it finds never leaves, wherever the stream is cut; what is left is the same."""

import asyncio
import random
from contextlib import aclosing

import pytest

import pitchpipe as pp
from tests.stages.serve.guards.speaking import Speaking, asking, cut, hear, heard, serving, spoken, text_of

SORRY = "I cannot help with that."
LONG_ADDRESS = f"{'a.b-' * 14}c@{'x' * 60}.example-{'y' * 40}.de"
PERSONAL = (
    "Write to jo.smith+x@mail.acme.de, or bob@ex.co; call +49 (30) 1234-5678 or 212-736-5000. "
    "IBAN DE89 3704 0044 0532 0130 00 and card 4539 1488 0343 6467. Version 1.2.3.4 at 93.184.216.34, "
    "or ghp_"
    + "a1B2c3D4e5" * 3
    + "f6G7h8"
    + ", see joe@example.com and x@y. a@b.co c@d.co e@f.co g@h.co\n" * 3
)
KEY = (
    "Here: -----BEGIN RSA "
    + "PRIVATE KEY-----\n"
    + "MIIEowIBAAKCAQEA7bq0\n" * 20
    + "-----END RSA PRIVATE KEY-----"
)


def test_a_guarded_word_never_leaves_wherever_it_is_cut(tmp_path):
    before, word, after = "Well, you can ", "make a bomb", " out of these, and then you run. " * 9
    text = before + word + after
    for place in range(len(before), len(before) + len(word) + 1):
        upstream = spoken(*cut(text, [place]))
        said = heard(serving(tmp_path, "  - harmful\n", upstream))
        shown = text_of(said).removesuffix(SORRY)
        assert shown != text_of(said) and before.startswith(shown.rstrip("\n")) and "make" not in shown
        assert (said[-1].end, said[-1].refusal) == ("content_filter", "harmful: a harmful phrase")
        assert upstream.closed == 1


def test_a_stream_stops_at_once(tmp_path):
    upstream = spoken(
        *[
            "you",
            "can",
            "make",
            "a",
            "bomb",
            "out",
            "of",
            "these",
            "and",
            "then",
            "go",
            "on",
            "and",
            "on",
            "and",
            "on",
            "for",
            "ever",
        ]
    )
    upstream = spoken(*[f"{said.text} " for said in upstream.stretches])
    said = heard(serving(tmp_path, "  - harmful\n", upstream))
    assert said[-1].end == "content_filter" and upstream.said < 15 and upstream.closed == 1
    assert sum(one.tokens for one in said) == upstream.said  # what was written has cost


@pytest.mark.parametrize("word", ["pipe bombard", "make a bombastic noise", "PIPE BOMBARDIER"])
def test_a_word_that_goes_on_is_another_word(tmp_path, word):
    before, after = "It is said, and said again, that they will ", " and then go on, as they always did. " * 3
    text = before + word + after
    for places in (range(len(text)), *([len(before) + part] for part in range(len(word)))):
        assert text_of(heard(serving(tmp_path, "  - harmful\n", spoken(*cut(text, places))))) == text


def test_what_passes_leaves_as_soon_as_it_may(tmp_path):
    words = [f"word{number} " for number in range(60)]
    said = heard(serving(tmp_path, "  - harmful\n  - pii\n", spoken(*words)))
    assert text_of(said) == "".join(words)
    assert len(said) > 40  # and not all of it at the end


@pytest.mark.parametrize("text", [PERSONAL, KEY, f"Ask {LONG_ADDRESS} now. " * 2])
def test_any_cutting_is_masked_like_the_whole(tmp_path, text):
    whole = text_of(heard(serving(tmp_path, "  - pii\n", spoken(text)), asking(stream=False)))
    assert "@" not in whole.replace("joe@example.com", "").replace("x@y", "") and "[" in whole
    chance = random.Random(16)
    for number in range(40):
        places = range(len(text)) if number == 0 else chance.sample(range(len(text)), chance.randint(1, 60))
        said = heard(serving(tmp_path, "  - pii\n", spoken(*cut(text, places))))
        assert (text_of(said), said[-1].end) == (whole, "stop")


def test_letters_of_all_kinds_are_found_and_kept(tmp_path):
    guards = '  - phrases: {words: ["straße des todes", "炸弹", "💣 kaufen", ACHTUNG]}\n'
    plain = "Die Strasse ist lang. 炸 弹 💣 Achtung! \N{FAMILY}\N{ZERO WIDTH JOINER}\N{GIRL} " * 5
    for text in (
        "STRASSE DES TODES",
        "straße  des\ntodes",
        "ｓｔｒａßｅ des tod\u00ades",
        "做炸弹的",
        "💣 KAUFEN",
        "ACHTUNG",
    ):
        for place in range(len(plain), len(plain) + len(text)):
            said = heard(serving(tmp_path, guards, spoken(*cut(plain + text + " und so" * 20, [place]))))
            assert said[-1].end == "content_filter" and plain.startswith(
                text_of(said).removesuffix(SORRY).rstrip("\n")
            )
    parts = list(plain)
    assert text_of(heard(serving(tmp_path, guards, spoken(*parts)))) == plain


def test_answers_of_a_request_are_apart(tmp_path):
    stretches = [
        pp.Said(number, text, tokens=1)
        for text in ["pipe ", "bomb ", "it "] + ["is "] * 20
        for number in (0, 1)
    ]
    stretches = [
        one if one.index or one.text == "is " else pp.Said(0, "fine ", tokens=1) for one in stretches
    ]
    upstream = Speaking([*stretches, pp.Said(0, end="stop"), pp.Said(1, end="stop")])
    said = heard(serving(tmp_path, "  - harmful\n", upstream), asking(count=2))
    assert text_of(said, 0) == "fine " * 3 + "is " * 20 and text_of(said, 1) == SORRY
    assert [one.end for one in said if one.end] == ["content_filter", "stop"]


def test_a_whole_answer_is_refused_whole(tmp_path):
    upstream = spoken(*["Nothing bad here. "] * 200, "Then make a bomb. ", *["And so on. "] * 1000)
    said = heard(serving(tmp_path, "  - harmful\n", upstream), asking(stream=False))
    assert [one.text for one in said] == [SORRY]
    assert upstream.said < 400  # nobody waited for the rest


def test_reasoning_and_calls_are_guarded_too(tmp_path):
    guards = "  - pii\n  - harmful\n"
    thinks = [pp.Said(reasoning=part) for part in ("Ask jo@ac", "me.de for ", "it. ")]
    call = {"id": "c1", "name": "mail", "arguments": '{"to": "jo@acme.de", "cc": 1}'}
    ends = [pp.Said(text="I ask."), pp.Said(calls=[call]), pp.Said(end="tool_calls")]
    said = heard(serving(tmp_path, guards, Speaking([*thinks, *ends])))
    assert "".join(one.reasoning for one in said) == "Ask [EMAIL] for it. " and text_of(said) == "I ask."
    assert [c for one in said for c in one.calls] == [call | {"arguments": '{"to": "[EMAIL]", "cc": 1}'}]
    assert said[-1].end == "tool_calls"
    bad = pp.Said(calls=[call | {"arguments": '{"how": "pipe bomb"}'}])
    said = heard(serving(tmp_path, guards, Speaking([bad, pp.Said(end="tool_calls")])))
    assert [(one.end, list(one.calls)) for one in said] == [("content_filter", [])]
    number = pp.Said(calls=[call | {"arguments": '{"card": 4539148803436467}'}])
    said = heard(serving(tmp_path, guards, Speaking([number, pp.Said(end="tool_calls")])))
    assert said[-1].end == "content_filter" and "no JSON" in said[-1].refusal


def test_how_likely_masked_words_were_is_not_told(tmp_path):
    def told(text):
        parts = cut(text, range(0, len(text), 3))
        stretches = [pp.Said(text=p, likely=[pp.Likely(7, p.encode(), -0.1)], tokens=1) for p in parts]
        said = heard(serving(tmp_path, "  - pii\n", Speaking([*stretches, pp.Said(end="stop")])))
        for place in range(len(said)):  # never more of them than of the words
            shown = b"".join(one.text for some in said[: place + 1] for one in some.likely)
            assert text_of(said[: place + 1]).startswith(shown.decode())
        return b"".join(one.text for some in said for one in some.likely).decode()

    plain = "It is what it is, and so on. " * 6
    assert told(plain) == plain
    assert "jo@" not in told(plain + "Write to jo@acme.de. " + plain)


def test_guards_follow_one_another(tmp_path):
    guards = '  - pii\n  - phrases: {words: ["[EMAIL] is bad"]}\n'
    said = heard(serving(tmp_path, guards, spoken("so jo@acme", ".de is b", "ad.")))
    assert said[-1].refusal == "phrases: a word of the list"
    other = '  - phrases: {words: ["[EMAIL] is bad"]}\n  - pii\n'
    assert (
        text_of(heard(serving(tmp_path, other, spoken("so jo@acme", ".de is b", "ad."))))
        == "so [EMAIL] is bad."
    )


def test_a_find_longer_than_the_window_ends_the_stream(tmp_path):
    (tmp_path / "pitchpipe_local.py").write_text(LONG, "utf-8")
    said = heard(
        serving(tmp_path, "  - quotes: {window: 5}\n", spoken(*'He said "this and that and more" then.'))
    )
    assert said[-1].end == "content_filter" and "larger window" in said[-1].refusal
    said = heard(
        serving(tmp_path, "  - quotes: {window: 50}\n", spoken(*'He said "this and that and more" then.'))
    )
    assert text_of(said) == "He said (...) then."


LONG = """
import re
import pitchpipe as pp

@pp.hookimpl
def register_guards(register):
    register("quotes", quotes)

def quotes(conversation):
    *before, last = conversation.messages
    if last.role != "assistant":
        return conversation
    last = pp.replace(last, content=re.sub('"[^"]*"', "(...)", last.content))
    return pp.replace(conversation, messages=(*before, last))
"""


def test_a_client_that_leaves_stops_what_is_written(tmp_path):
    upstream = spoken(*["on and on "] * 200)
    service = serving(tmp_path, "  - harmful\n  - pii\n", upstream)

    async def leave():
        async with aclosing(service.answer(service.read(asking()))) as stretches:
            await anext(stretches)

    asyncio.run(leave())
    assert upstream.said < 30 and upstream.closed == 1


def test_a_guard_that_waits_keeps_no_other_waiting(tmp_path):
    (tmp_path / "pitchpipe_local.py").write_text(WAITS, "utf-8")
    service = serving(tmp_path, "  - waits: {on: [input]}\n", spoken("So."))

    async def both():
        return await asyncio.gather(*(hear(service, asking(words)) for words in ("first", "second")))

    assert [text_of(said) for said in asyncio.run(asyncio.wait_for(both(), 20))] == ["So.", "So."]


WAITS = """
import asyncio
import pitchpipe as pp

@pp.hookimpl
def register_guards(register):
    register("waits", Waits)

class Waits:
    def __init__(self):
        self.second = asyncio.Event()

    async def __call__(self, conversation):
        if conversation.messages[-1].content == "second":
            self.second.set()
        await self.second.wait()
        return conversation
"""
