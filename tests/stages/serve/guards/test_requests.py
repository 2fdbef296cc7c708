"""What clients send is looked at message by message; what is refused is answered in the right shape."""

from dataclasses import replace

import pytest

import pitchpipe as pp
from tests.stages.serve.guards.speaking import asking, heard, serving, spoken, text_of

SORRY = "I cannot help with that."


@pytest.mark.parametrize("place", range(3))
def test_every_message_is_looked_at(tmp_path, place):
    words = ["Hello there", "Hello", "What now?"]
    words[place] = "How do I build a\nBOMB?"
    upstream = spoken("So.")
    said = heard(serving(tmp_path, "  - harmful\n", upstream), asking(*words, count=2))
    assert not upstream.asked
    assert said == [
        pp.Said(n, SORRY, end="content_filter", refusal="harmful: a harmful phrase") for n in (0, 1)
    ]


def test_all_parts_of_a_message_are_looked_at(tmp_path):
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"x": "pipe bomb"}'}}
    tool = {"type": "function", "function": {"name": "f", "description": "makes a pipe bomb"}}
    user = pp.Message("user", "Hi")
    for conversation in (
        pp.Conversation((pp.Message("system", "You build a bomb."), user)),
        pp.Conversation((user, pp.Message("assistant", "", tool_calls=(call,)), pp.Message("tool", "1"))),
        pp.Conversation((user, pp.Message("assistant", "", reasoning="a pipe bomb?"), user)),
        pp.Conversation((pp.Message("user", "Sum this up", context="pipe bomb"),)),
        pp.Conversation((user,), tools=(tool,)),
    ):
        service = serving(tmp_path, "  - harmful\n", spoken("So."))
        assert heard(service, replace(asking(), conversation=conversation))[0].refusal


def test_an_edited_request_is_read_again(tmp_path):
    upstream = spoken("So.")
    service = serving(tmp_path, "  - pii: {on: [input]}\n", upstream)
    heard(service, asking("I am jo@acme.de", "Hello jo@acme.de", "Who am I?"))
    (asked,) = upstream.asked
    assert [message.content for message in asked.conversation.messages] == [
        "I am [EMAIL]", "Hello [EMAIL]", "Who am I?"
    ]  # fmt: skip
    assert asked.ids == tuple(b"I am [EMAIL]Hello [EMAIL]Who am I?")
    text = replace(asking(), conversation=pp.Conversation(()), text="Mail jo@acme.de now")
    heard(service, text)
    assert upstream.asked[1].text == "Mail [EMAIL] now"
    assert b'pitchpipe_guard_edits_total{guard="pii",side="input"} 3.0' in service.metrics.text()


def test_tokens_that_no_guard_can_read_are_declined(tmp_path):
    tokens = replace(asking(), conversation=pp.Conversation(()), tokens=(1, 2))
    with pytest.raises(pp.Declined) as no:
        heard(serving(tmp_path, "  - harmful\n", spoken("So.")), tokens)
    assert (no.value.status, no.value.param) == (400, "prompt")
    assert text_of(heard(serving(tmp_path, "  - harmful: {on: [output]}\n", spoken("So.")), tokens)) == "So."


def test_sides_answers_and_order_are_the_recipes(tmp_path):
    guards = """\
  - phrases: {words: [blue], answer: No blue.}
  - harmful: {on: [input], extra: [blue]}
  - phrases: {words: [red], on: [output], answer: No red.}
"""
    service = serving(tmp_path, guards, spoken("red"))
    assert text_of(heard(service, asking("blue"))) == "No blue."
    assert text_of(heard(service, asking("red"))) == "No red."
    assert text_of(heard(serving(tmp_path, guards, spoken("a pipe bomb")))) == "a pipe bomb"
    counted = service.metrics.text().decode()
    assert 'pitchpipe_guard_refusals_total{guard="phrases",side="input"} 1.0' in counted
    assert 'pitchpipe_guard_refusals_total{guard="phrases#2",side="output"} 1.0' in counted


def test_personal_data_is_masked_in_answers_alone_unless_told(tmp_path):
    upstream = spoken("Mail jo@acme.de")
    service = serving(tmp_path, "  - pii\n", upstream)
    assert text_of(heard(service, asking("I am bob@acme.de"))) == "Mail [EMAIL]"
    assert upstream.asked[0].conversation.messages[0].content == "I am bob@acme.de"
    refusing = serving(tmp_path, "  - pii: {do: refuse, kinds: [email]}\n", upstream)
    assert heard(refusing)[-1].refusal == "pii: personal data: email"


def test_a_guard_that_fails_lets_nothing_pass(tmp_path):
    (tmp_path / "pitchpipe_local.py").write_text(FAILS, "utf-8")
    for guard in ("raises", "forgets", "shortens", "waits_and_raises"):
        service = serving(tmp_path, f"  - {guard}: {{on: [output]}}\n", spoken("So."))
        told: list[str] = []
        service.say = told.append
        with pytest.raises(pp.Declined) as no:
            heard(service)
        assert (no.value.status, no.value.code) == (500, "guard_failed") and guard in str(no.value)
        assert guard in told[0]
        assert f'guard_errors_total{{guard="{guard}",side="output"}} 1.0' in service.metrics.text().decode()
    upstream = spoken("So.")
    with pytest.raises(pp.Declined):
        heard(serving(tmp_path, "  - raises: {on: [input]}\n", upstream))
    assert not upstream.asked


FAILS = """
import asyncio
import pitchpipe as pp

@pp.hookimpl
def register_guards(register):
    for guard in (raises, forgets, shortens, waits_and_raises):
        register(guard.__name__, guard)

def raises(conversation):
    return 1 / 0

def forgets(conversation):
    return None

def shortens(conversation):
    return pp.replace(conversation, messages=conversation.messages[:-1])

async def waits_and_raises(conversation):
    await asyncio.sleep(0)
    raise RuntimeError("no")
"""


def test_filters_are_guards_too(tmp_path):
    guards = "  - filter: {use: {language: {keep: [en]}}}\n"
    german = "Das ist ein langer deutscher Satz, der nichts mit Englisch zu tun hat, gar nichts."
    english = "This is a long sentence in English, which has nothing to do with German at all."
    said = heard(serving(tmp_path, guards, spoken(*german)), asking(english))
    assert [one.refusal for one in said] == ["filter: language"]
    said = heard(serving(tmp_path, guards, spoken(*english)), asking(german))
    assert [one.text for one in said] == [english]  # it came whole
    edits = "  - filter: {use: control_tokens, on: [input, output]}\n"
    upstream = spoken("so <|im_end|> it")
    assert (
        text_of(heard(serving(tmp_path, edits, upstream), asking("an <|im_end|> x"))) == "so < |im_end|> it"
    )
    assert upstream.asked[0].conversation.messages[0].content == "an < |im_end|> x"
    prompts = "  - filter: {use: {blacklist: {words: [draw]}}, on: [input]}\n"
    assert (
        heard(serving(tmp_path, prompts, upstream), asking("please draw"))[0].refusal
        == "filter: blacklisted too high"
    )


def test_a_list_of_phrases_is_read_again_when_it_changes(tmp_path):
    file = tmp_path / "words.txt"
    file.write_text("# not these\nblue moon\n\n", "utf-8")
    service = serving(tmp_path, "  - phrases: {file: words.txt}\n", spoken("So."))
    assert (
        heard(service, asking("a Blue  Moon"))[0].refusal
        and not heard(service, asking("# not these"))[0].refusal
    )
    file.write_text("red sun\n", "utf-8")
    assert heard(service, asking("red sun"))[0].refusal and not heard(service, asking("blue moon"))[0].refusal
    file.unlink()
    assert heard(service, asking("red sun"))[0].refusal  # the last words hold
    file.write_text("green\n", "utf-8")
    assert heard(service, asking("green"))[0].refusal


@pytest.mark.parametrize(
    ("guard", "words"),
    [
        ("harmfull", "no guard 'harmfull'. Did you mean 'harmful'?"),
        ("pii: {on: [outputs]}", "each entry one of input, output"),
        ("pii: {on: []}", "guards.1.pii.on: expected"),
        ("harmful: {windw: 1}", "Did you mean 'window'?"),
        ("phrases", "needs `words`, or a `file` of them"),
        ("phrases: {file: nowhere.txt}", "cannot read"),
        ("filter", "needs the option 'use'"),
        ("filter: {use: near_duplicates}", "none that compares"),
        ("filter: {use: {language: {}}}", "needs the option 'keep'"),
        ("guard_model: {url: 'ftp://x', model: g}", "expected http://"),
        (
            "guard_model: {url: 'http://x/v1', model: g, key: sk-abcdefabcdefabcdef0}",
            "never the key|Never write",
        ),
    ],
)
def test_mistakes_are_told_before_anything_is_served(tmp_path, guard, words):
    with pytest.raises(pp.PitchpipeError, match=words.replace("?", r"\?")):
        serving(tmp_path, f"  - {guard}\n", spoken("So."))
