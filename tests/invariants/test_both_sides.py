"""With any chat template, both sides of a pair are learned in the one prompt that a server sends for them."""

from functools import cache

import pytest

import pitchpipe as pp
from pitchpipe_components.templates.own import OfTokenizer
from pitchpipe_stages.render.batched import BatchedRenderer
from pitchpipe_stages.render.pairs import SAME, TaughtSides
from pitchpipe_stages.render.prompts import TaughtPrompts
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.writer import writer_of
from tests.chat_templates import SHAPES, tokenizer_of
from tests.chat_templates.judge import IGNORED, Taught, judge, served
from tests.chat_templates.oracle import Oracle
from tests.chat_templates.talks import TALKS, call, reply

PLAIN = reply("That I cannot say for certain.")
THINKING = reply("It is not so.", reasoning="Let me see: no.")
CALLING = reply("", tool_calls=(call("look", {"place": "Bruges", "near": 1}),))
# The shape of the chosen side, and what is rejected.
PAIRS = {
    "plain": ("one reply", PLAIN),
    "chat": ("three replies", PLAIN),
    "system": ("system, two replies", PLAIN),
    "white space": ("one reply", reply("  Hm.\n\n")),
    "unlike thoughts": ("reasoning", THINKING),
    "thoughts rejected": ("one reply", THINKING),
    "thoughts chosen": ("reasoning", PLAIN),
    "call chosen": ("call last", PLAIN),
    "call rejected": ("tools that nobody uses", CALLING),
}
# A reply whose first letters would be one token with the prompt's last ones may be refused.
OTHER_TOKENS = ("learned tokens would say other words", "other tokens before the reply")


@cache
def fitted(name):
    tokenizer, shape = tokenizer_of(name), SHAPES[name]
    renderer = Renderer(writer_of(OfTokenizer()), tokenizer)
    return BatchedRenderer(renderer), Oracle(served(tokenizer, renderer), shape.ends)


def pair_of(name, kind):
    shape, rejected = PAIRS[kind]
    talk = TALKS[shape]
    tools = TALKS["tools that nobody uses"].tools if name == "requires_tools" else talk.tools
    opening = (
        (pp.Message("system", "Be kind."),) if name == "requires_system" and "system" not in shape else ()
    )
    return pp.replace(talk, messages=(*opening, *talk.messages), rejected=rejected, tools=tools)


def sides_of(pair):
    last = len(pair.messages) - 1
    return last, [
        pp.replace(pair, messages=(*pair.messages[:-1], said), rejected=None)
        for said in (pair.messages[-1], pair.rejected)
    ]


@pytest.mark.slow(seconds=20)
@pytest.mark.parametrize("name", SHAPES)
def test_both_sides_are_learned_in_one_prompt(name):
    batched, oracle = fitted(name)
    teaching = TaughtSides(batched, paired=True, together=False)
    for kind in PAIRS:
        pair = pair_of(name, kind)
        last, sides = sides_of(pair)
        asked = [oracle.can_be_asked(side, last) for side in sides]
        found = next(teaching.examples([pair]))
        if isinstance(found, pp.Quarantine):
            assert asked != ["must", "must"] or any(why in str(found) for why in OTHER_TOKENS), (
                kind,
                found,
            )
            continue
        (part,) = found.parts
        begins = []
        for side, example, taught in zip(
            sides, (part.example, part.example.rejected), part.sides, strict=True
        ):
            variables = {at: request.variables for at, request in taught.requests.items()}
            judged = judge(oracle, side, [Taught(example.ids, example.labels, (last,), variables)])
            assert (judged.wrong, judged.learned) == ([], [last]), kind
            begins.append(next(at for at, label in enumerate(example.labels) if label != IGNORED))
        prompts = [
            list(side.ids)[:at]
            for side, at in zip((part.example, part.example.rejected), begins, strict=True)
        ]
        assert prompts[0] == prompts[1], kind


SWITCHED = ("deepseek_v31", "gemma4", "glm4", "gpt_oss", "nemotron", "qwen3", "qwen35", "seed")


@pytest.mark.parametrize("name", SWITCHED)
@pytest.mark.parametrize("kind", ["thoughts rejected", "thoughts chosen"])
def test_a_switch_of_reasoning_is_the_same_on_both_sides(name, kind):
    (found,) = TaughtSides(fitted(name)[0], True, False).examples([pair_of(name, kind)])
    assert not isinstance(found, pp.Quarantine), found
    one, other = found.parts[0].sides
    assert [dict(request.variables) for request in one.requests.values()] == [
        dict(request.variables) for request in other.requests.values()
    ]


@pytest.mark.parametrize("name", SHAPES)
def test_what_a_template_writes_alike_is_no_pair(name):
    pair = pair_of(name, "plain")
    same = pp.replace(pair, rejected=pp.replace(pair.messages[-1], tool_call_id="x"))
    (found,) = TaughtSides(fitted(name)[0], True, False).examples([same])
    assert isinstance(found, pp.Quarantine) and str(found) == SAME


@pytest.mark.parametrize("name", SHAPES)
def test_a_prompt_alone_is_what_a_server_sends_by_default(name):
    batched, oracle = fitted(name)
    for kind in ("plain", "chat", "system"):
        talk = pair_of(name, kind)
        for conversation in (talk, pp.replace(talk, messages=talk.messages[:-1])):
            found = next(TaughtPrompts(batched).examples([conversation]))
            if isinstance(found, pp.Quarantine):
                assert oracle.can_be_asked(talk, len(talk.messages) - 1) != "must", (kind, found)
                continue
            sent = [oracle.ids(one.prompt) for one in oracle.served(talk, len(talk.messages) - 1, {})]
            assert list(found.parts[0].example.ids) in sent, kind
