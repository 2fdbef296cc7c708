"""Templates that a recipe writes, and several templates at once."""

from collections import Counter

import pytest

import pitchpipe as pp
from pitchpipe_components.templates import DATA
from pitchpipe_components.templates.custom import InRecipe, Mixed
from pitchpipe_stages.render.parity import prove_served
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.rules import Ruled, Rules
from pitchpipe_stages.render.writer import writer_of
from tests.components.templates.talks import PLAIN, TALK

RECIPE = "loaders:\n  - files: {path: rows.jsonl}\nmodel: tiny\ntemplate: %s\n"
WRONG = [
    ("{chatml: {learn: lst}}", "template.chatml.learn: expected one of replies, last, everything, got 'lst'"),
    ("{alpaca: {lern: last}}", "no such option of template 'alpaca'. Did you mean 'learn'?"),
    ("{tokenizer: {reasoning: keep}}", "this template decides itself where reasoning is kept"),
    ("{jinja: {path: none.jinja}}", "there is no file none.jinja"),
    ("{mixed: {templates: alpaca}}", "template.mixed.templates: expected a list of templates, got 'alpaca'"),
    ("{mixed: {templates: [alpaca, alpcaa]}}", "template.mixed.templates.2: "),
    ("{mixed: {templates: []}}", "template.mixed.templates: expected a list of templates, got []"),
    (
        '{turns: {user: ["U:", ""], assistant: ["A:", ""]}}',
        "the stop token '{eos}' must stand in what follows",
    ),
    ('{turns: {user: ["U:"], assistant: ["A:", "{eos}"]}}', "template.turns.user: "),
]


@pytest.mark.parametrize(("template", "message"), WRONG)
def test_mistakes_are_shown_at_their_place(template, message, project):
    here = project({"recipe.yaml": RECIPE % template, "rows.jsonl": [{"instruction": "A?", "output": "a."}]})
    here.run("check", "recipe.yaml").assert_failed("recipe.yaml:4: ", message)


RIGHT = [
    "{chatml: {learn: last, reasoning: strip}}",
    "tokenizer",
    "{jinja: {path: own.jinja, stop: <|im_end|>, learn: everything}}",
    "{mixed: {templates: [alpaca, {jinja: {path: own.jinja}}, chatml], seed: 2}}",
    r'{turns: {user: ["U: ", "\n"], assistant: ["A:", "{eos}\n"], lead: " ", tokens: []}}',
]


@pytest.mark.parametrize("template", RIGHT)
def test_recipes_say_it_in_few_words(template, project):
    rows = [{"instruction": "A?", "output": "a."}]
    here = project({"recipe.yaml": RECIPE % template, "rows.jsonl": rows, "own.jinja": PLAIN})
    here.run("check", "recipe.yaml").assert_success()


def test_a_template_of_a_recipe_is_that_of_a_plugin():
    parts = {"user": ("U: ", "\n"), "assistant": ("A:", "{eos}\n"), "lead": " ", "fold": ("<", ">")}
    given, made = writer_of(InRecipe(**parts)), writer_of(pp.turns(**parts))
    assert list(given(TALK)) == list(made(TALK))
    assert given.jinja("", "<e>") == made.jinja("", "<e>") and given.stop == made.stop


MIXED = [DATA["alpaca"], DATA["chatml"], DATA["plain"]]


def test_each_conversation_gets_one_template_and_keeps_it():
    talks = [pp.replace(TALK, id=str(number)) for number in range(600)]
    chosen = [Mixed(templates=MIXED).chosen(talk) for talk in talks]
    counted = Counter(chosen)
    assert set(counted) == {0, 1, 2} and min(counted.values()) > 150
    assert chosen == [Mixed(templates=MIXED).chosen(talk) for talk in talks]
    assert chosen != [Mixed(templates=MIXED, seed=1).chosen(talk) for talk in talks]


def test_the_first_of_several_templates_serves(tokenizer):
    renderer = Renderer(Ruled(writer_of(Mixed(templates=MIXED)), Rules()), tokenizer)
    assert renderer.stop == "</s>"
    assert renderer.chat_template == Renderer(writer_of(MIXED[0]), tokenizer).chat_template
    for number in range(20):
        talk = pp.replace(TALK, id=str(number))
        assert renderer.prompt(talk, 3) == Renderer(writer_of(MIXED[0]), tokenizer).prompt(talk, 3)
        (part,) = Renderer(writer_of(MIXED[0]), tokenizer).examples(talk)
        assert prove_served(renderer, tokenizer, part)
        texts = [
            tokenizer.decode(Renderer(writer_of(template), tokenizer).example(talk).ids) for template in MIXED
        ]
        assert tokenizer.decode(renderer.example(talk).ids) in texts
