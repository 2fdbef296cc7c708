"""Calls are read back as the chat template writes them, whoever wrote the template."""

import json
import re

import pytest

from pitchpipe.records.conversation import Conversation, Message
from pitchpipe_components.templates import DATA
from pitchpipe_stages.generate.decoding import Decoder
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.rules import Ruled
from pitchpipe_stages.render.writer import writer_of
from pitchpipe_stages.serve.words.answer_writer import AnswerWriter
from pitchpipe_stages.serve.words.calls import probe
from pitchpipe_stages.serve.words.calls.held import HeldCalls
from pitchpipe_stages.serve.words.calls.json_calls import NamedCall
from pitchpipe_stages.serve.words.calls.notation import OwnNotation
from tests.chat_templates.talks import TOOLS, call
from tests.chat_tokenizers import kinds
from tests.stages.serve.words.templates import NAMES, fitted

LOOK, TEXT = ("look", {"place": "Ghent", "near": 3}), ("look", {"place": "75001"})
NOTHING, SIGNS = ("look", {}), ("look", {"place": "a \"b\" <c> {d} é\n'e'"})
BOOK = ("book", {"table": {"seats": ["Ann", "Zoë"], "kind": "lunch"}, "paid": True})
EMPTY = ("book", {"table": {"seats": []}, "paid": False})
ONE = {
    "look": [LOOK],
    "text": [TEXT],
    "nothing": [NOTHING],
    "signs": [SIGNS],
    "book": [BOOK],
    "empty": [EMPTY],
}
MANY = {"two": [LOOK, BOOK], "three": [NOTHING, NOTHING, TEXT]}
# These write what is said in quotes without a sign where the quotes end.
UNCLEAR = {"lfm2", "trl/lfm2_2_5", "trl/lfm2_2_5_v2"}


def reply(renderer, calls, words=""):
    """What a template writes for a reply, its stop left out."""
    made = tuple(call(name, arguments, f"abcdefgh{at}") for at, (name, arguments) in enumerate(calls))
    for system in ((), (Message("system", "Be brief."),)):
        messages = (*system, Message("user", "Where?"), Message("assistant", words, tool_calls=made))
        try:
            pieces = renderer.written(Conversation(messages, tools=TOOLS)).examples[-1].pieces
        except Exception:
            continue
        text = "".join(piece.text for piece in pieces if piece.learn)
        return re.sub(r"^\s*(<think>)?\s*</think>\s*", "", text.removesuffix(ended(renderer, text)))
    return ""


def ended(renderer, text):
    return next((stop for stop in renderer.stops if text.endswith(stop)), "")


def heard(tokenizer, form, text, tools=TOOLS, most=None):
    """What a client hears of a text that comes token by token."""
    hidden = {
        t for t, own in tokenizer.added_tokens_decoder.items() if own.special and str(own) not in form.written
    }
    calls = HeldCalls(form, tools, lambda at: f"id{at}", most)
    writer = AnswerWriter(0, Decoder(tokenizer, hidden), calls=calls)
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    said = [writer.add(token) for token in ids] + [writer.add(0, "stop")]
    said = [one for one in said if one]
    assert [bool(one.end) for one in said] == [False] * (len(said) - 1) + [True]
    made = [(one["name"], json.loads(one["arguments"])) for one in said[-1].calls]
    return "".join(one.text for one in said), made, said[-1].end


@pytest.mark.parametrize("name", NAMES)
def test_what_a_template_writes_is_read_back(name):
    tokenizer, renderer = fitted(name)
    form = probe.form_of(renderer)
    for what, calls in {**ONE, **MANY}.items():
        text = reply(renderer, calls)
        if not text:
            assert form is None or what in MANY or name == "parts"
        elif form and not (name in UNCLEAR and what == "signs"):
            assert heard(tokenizer, form, text) == ("", calls, "tool_calls"), what


def test_most_templates_that_write_calls_are_read():
    forms = {name: probe.form_of(fitted(name)[1]) for name in NAMES}
    writing = {name for name in NAMES if reply(fitted(name)[1], [LOOK])}
    assert {name for name in writing if not forms[name]} == set()
    assert len(writing) > 40


@pytest.mark.parametrize("kind", ["bytes", "sentence pieces, first"])
@pytest.mark.parametrize("name", ["chatml", "llama3", "mistral"])
def test_our_own_templates(name, kind):
    tokenizer = kinds()[kind]
    renderer = Renderer(Ruled(writer_of(DATA[name])), tokenizer)
    form = probe.form_of(renderer)
    read = 0
    for calls in [*ONE.values(), *MANY.values()]:
        if text := reply(renderer, calls):
            assert form.read(text.lstrip(), TOOLS)[0][0][:2] == calls[0]
            assert [one[:2] for one in form.read(text.lstrip(), TOOLS)[0]] == calls
            read += 1
    assert read >= 6


@pytest.mark.parametrize("name", ["gemma", "trims_all"])
def test_a_template_without_calls(name):
    assert probe.form_of(fitted(name)[1]) is None


# --- What models write that no template would ----------------------------------------------------------

GOOD = '<tool_call>\n{"name": "look", "arguments": {"place": "Ghent"}}\n</tool_call>'
PLACE = [("look", {"place": "Ghent"})]
QWEN = {
    "Let me look.\n" + GOOD: ("Let me look.", PLACE, "tool_calls"),
    '<tool_call>{"arguments":{"place":"Ghent"},"name":"look"}</tool_call>': ("", PLACE, "tool_calls"),
    GOOD.removesuffix("\n</tool_call>"): ("", PLACE, "tool_calls"),
    GOOD + GOOD: ("", PLACE * 2, "tool_calls"),
    GOOD + "\nSo much for that.": ("\nSo much for that.", PLACE, "tool_calls"),
    GOOD.replace('{"place": "Ghent"}', r'"{\"place\": \"Ghent\"}"'): ("", PLACE, "tool_calls"),
    GOOD[:40]: (GOOD[:40], [], "stop"),
    "<tool_call>\nlook\n</tool_call>": ("<tool_call>\nlook\n</tool_call>", [], "stop"),
    "a < b, <tool, and <tool_cal": ("a < b, <tool, and <tool_cal", [], "stop"),
    '<tool_call>{"name": "look"}</tool_call>': ('<tool_call>{"name": "look"}</tool_call>', [], "stop"),
    '{"name": "look", "arguments": {}}': ('{"name": "look", "arguments": {}}', [], "stop"),
    "Words alone. \n": ("Words alone. \n", [], "stop"),
    "": ("", [], "stop"),
}


@pytest.mark.parametrize("text", QWEN)
def test_calls_of_a_model_that_marks_them(text):
    tokenizer, renderer = fitted("trl/qwen3")
    assert heard(tokenizer, probe.form_of(renderer), text) == QWEN[text]


LLAMA = {
    '{"name": "look", "parameters": {"place": "Ghent"}}': ("", PLACE, "tool_calls"),
    ' {"name":"look","parameters":{"place":"Ghent"}}\n': ("", PLACE, "tool_calls"),
    '{"name": "Ann", "parameters": {}}': ('{"name": "Ann", "parameters": {}}', [], "stop"),  # no tool
    '{"seats": 3}': ('{"seats": 3}', [], "stop"),
    'Here: {"name": "look", "parameters": {}}': ('Here: {"name": "look", "parameters": {}}', [], "stop"),
    '{"name": "look", "parameters": {}} is how': ('{"name": "look", "parameters": {}} is how', [], "stop"),
}


@pytest.mark.parametrize("text", LLAMA)
def test_calls_of_a_model_that_writes_them_bare(text):
    tokenizer, renderer = fitted("trl/llama3_2")
    assert heard(tokenizer, probe.form_of(renderer), text) == LLAMA[text]


def test_of_many_calls_only_as_many_as_are_wanted():
    tokenizer, renderer = fitted("trl/qwen3")
    assert heard(tokenizer, probe.form_of(renderer), GOOD * 3, most=1)[1] == PLACE


def test_words_before_a_call_are_not_held_back():
    form = probe.form_of(fitted("trl/qwen3")[1])
    calls = HeldCalls(form, TOOLS, str)
    assert [calls.add(part) for part in ("Let", " me", " see. ", "\n", "x <", "b", " <tool")] == [
        "Let", " me", " see.", "", " \nx", " <b", "",
    ]  # fmt: skip


def test_objects_in_a_notation_of_their_own():
    read = OwnNotation('<|"|>', '<|"|>')
    assert read('{a:<|"|>x, {y}<|"|>,b:[1,true,<|"|><|"|>],c:{d:null,e:[]}} rest', 0) == (
        {"a": "x, {y}", "b": [1, True, ""], "c": {"d": None, "e": []}}, 58,
    )  # fmt: skip
    for broken in ("{a", "{a:", '{a:<|"|>x', "{a:1,", "{:1}", "{a:[1"):
        assert read(broken, 0) is None
    assert NamedCall("", read)("call", 0, ()) is None
