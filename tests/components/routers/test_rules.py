"""The router `rules`: the first rule that fits decides; guesses of category and complexity are the same each time."""

import pytest

import pitchpipe as pp
from pitchpipe_components.routers.complexity import complexity_of
from pitchpipe_components.routers.kind_of_question import category_of
from pitchpipe_components.routers.rules import RulesRouter


def asking(*words: str, **more: object) -> pp.Request:
    roles = ("user", "assistant")
    messages = tuple(pp.Message(roles[n % 2], word) for n, word in enumerate(words))
    return pp.Request("id", "auto", pp.Conversation(messages, tools=more.pop("tools", ())), **more)


@pytest.mark.parametrize(("when", "fits", "does_not"), [
    ({"tokens_over": 5}, asking("x" * 21), asking("x" * 20)),
    ({"messages_over": 2}, asking("a", "b", "c"), asking("a")),
    ({"tools": True}, asking("a", tools=({"name": "f"},)), asking("a")),
    ({"tools": False}, asking("a"), asking("a", tools=({"name": "f"},))),
    ({"category": ["code", "math"]}, asking("What is 3 + 4?"), asking("What is the capital of France?")),
    ({"category": "math"}, asking("Write a poem", "...", "Solve x^2 = 4"), asking("Solve x^2 = 4", "...", "Thanks")),
    ({"complexity": "low"}, asking("Hi"), asking("Explain why and compare: pros and cons, in detail, step by step.")),
    ({"user": "ann"}, asking("a", user="ann"), asking("a", user="bob")),
    ({"contains": ["Straße"]}, asking("die STRASSE"), asking("der Weg")),
    ({"contains": "x", "user": ["ann"]}, asking("x", user="ann"), asking("x")),
    ({"tokens_over": 2}, asking(text="x" * 9), asking(text="x" * 8)),
    ({"language": "de"}, asking("Wie komme ich am besten zum Bahnhof?"), asking("How do I get to the station?")),
])  # fmt: skip
def test_a_condition_holds_or_does_not(when, fits, does_not):
    router = RulesRouter(choose=[{"when": when, "to": ["large", "small"]}], otherwise="small")
    assert (router(fits), router(does_not)) == (("large", "small"), ("small",))


def test_the_first_rule_that_fits_decides():
    rules = [{"when": {"contains": "a"}, "to": "one"}, {"when": {"contains": ["b", "a"]}, "to": "two"}]
    router = RulesRouter(choose=rules, otherwise=["three", "one"])
    assert [router(asking(word))[0] for word in ("ab", "b", "c")] == ["one", "two", "three"]
    assert router.choices == ["one", "two", "three"]
    (panel,) = router.panels()
    assert [row[2] for row in panel.rows] == [1, 1, 1]


@pytest.mark.parametrize(("entry", "words"), [
    ({"when": {"tokens_ovr": 5}, "to": "a"}, "rule 1: no condition 'tokens_ovr'. Did you mean 'tokens_over'?"),
    ({"when": {"tokens_over": "5"}, "to": "a"}, "rule 1: tokens_over: expected a whole number, got '5'"),
    ({"when": {"category": "coed"}, "to": "a"}, "no category 'coed'. Did you mean 'code'?"),
    ({"when": {"user": 5}, "to": "a"}, "user: expected a word or a list of words, got 5"),
    ({"when": {}, "to": "a"}, "when: expected conditions"),
    ({"to": "a"}, "when: expected conditions"),
    ({"when": {"tools": True}}, "to: expected the name of an upstream"),
    ({"when": {"tools": True}, "to": []}, "to: expected the name of an upstream"),
    ({"whn": {"tools": True}, "to": "a"}, "no key 'whn'. Did you mean 'when'?"),
])  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(entry, words):
    with pytest.raises(ValueError) as refused:
        RulesRouter(choose=[entry], otherwise="a")
    assert words in str(refused.value)


@pytest.mark.parametrize(("text", "category"), [
    ("```\nx = 1\n```", "code"), ("Why does `SELECT name FROM users` fail?", "code"), ("def f(x):\n  return x", "code"),
    ("Write a Python function that sorts.", "code"), ("What is 12 * 7?", "math"), ("Find $\\int x^2$", "math"),
    ("How many apples are left?", "math"), ("Translate this into German: I code.", "translation"),
    ("Summarize the text.", "summary"), ("Write a short poem about rain.", "writing"), ("Who was Ada Lovelace?", "other"),
    ("", "other"), ("Schreib ein Gedicht", "other"),
])  # fmt: skip
def test_the_category_of_a_question(text, category):
    assert category_of(text) == category


@pytest.mark.parametrize(("text", "messages", "complexity"), [
    ("Hi", 1, "low"), ("What is the capital of France?", 1, "low"), ("Explain why the sky is blue.", 1, "medium"),
    ("Explain why and compare. What is better? What is cheaper?", 1, "high"), ("word " * 601, 1, "medium"),
    ("- a\n- b\n- c\nIt must be short, and only in verse.", 1, "medium"), ("Explain why.", 20, "medium"),
])  # fmt: skip
def test_the_complexity_of_a_question(text, messages, complexity):
    assert complexity_of(text, messages) == complexity


def test_guesses_are_quick_whatever_is_asked():
    """Patterns that try again and again would need minutes here."""
    for text in (
        "a" * 200_000,
        "$" + "x " * 100_000,
        "write " * 50_000,
        "first " * 50_000,
        "select " * 50_000,
        "</" * 90_000,
    ):
        category_of(text)
        complexity_of(text)
