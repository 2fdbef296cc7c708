"""When a reply is right, by each way of comparing; and accuracy by category."""

import pytest

from pitchpipe_components.evaluators.categories import Categories
from pitchpipe_components.evaluators.matchers import WORDS, choice, is_right
from tests.answering import Answering


def right(matcher, said, expected, pattern=""):
    return is_right(matcher, pattern, said, expected)


@pytest.mark.parametrize(
    ("matcher", "said", "expected", "wanted"),
    [
        ("exact", " Lima\n", "Lima", True),
        ("exact", "lima", "Lima", False),
        ("normalised", "lima.", "Lima", True),
        ("normalised", "It is Lima", "Lima", False),
        ("contains", "It is Lima", "Lima", True),
        ("contains", "Lima", "It is Lima", False),
        ("either", "Lima", "It is Lima", True),
        ("either", "", "It is Lima", False),
        ("first_number", "4 of 5", "4", True),
        ("last_number", "4 of 5", "#### 5", True),
        ("last_number", "none", "#### 5", False),
        ("last_number", "5", "five", None),
        ("choice", "The answer is (B), not A.", "B", True),
        ("choice", "B) Lima", "(B) Lima", True),
        ("choice", "Lima", "B", False),
        ("choice", "B", "Lima", None),
    ],
)
def test_matchers(matcher, said, expected, wanted):
    assert right(matcher, said, expected) is wanted


def test_a_pattern_finds_what_counts_in_both_or_in_the_reply_alone():
    pattern = r"<answer>(.*?)</answer>"
    assert right("regex", "So:\n<answer>Lima.</answer>", "<answer>lima</answer>", pattern)
    assert right("regex", "So:\n<answer>Lima</answer>", "Lima", pattern)
    assert not right("regex", "Lima", "Lima", pattern)
    assert right("regex", "year 1999!", "in 1999", r"\d{4}")


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("B", "B"), ("b", "B"), (" (c) ", "C"), ("**D**", "D"), ("B. Lima", "B"), ("A: Lima\nB: Quito", "A"),
        ("The answer is C.", "C"), ("Answer: **D**", "D"), ("the correct choice is (A) Lima", "A"),
        ("(A) is wrong. The answer would be B", "B"), ("So we get \\boxed{C}.", "C"), ("It must be (D).", "D"),
        ("I think B", "B"), ("I choose A.", "A"), ("Correct answer: B - Lima", "B"), ("C - Lima", "C"),
        ("A dog", None), ("I do not know", None), ("It is Lima", None), ("", None), ("The answer is a dog", None),
        ("Answers vary", None), ("D'accord", None),
    ],
)  # fmt: skip
def test_the_letter_that_a_text_chooses(text, letter):
    assert choice(text) == letter


def test_each_category_has_its_matcher_and_all_are_named():
    subject = Answering(
        ("It is Lima", "Lima", "capitals"), ("1 and 2", "#### 2", "sums"), ("2 and 1", "#### 2", "sums")
    )
    (measured,) = Categories(by_category={"sums": "last_number"})(subject).values()
    assert [hit for hit, _ in measured.items.values()] == [1, 1, 0]
    assert measured.is_share and measured.how == f"{WORDS['contains']}; sums: {WORDS['last_number']}"


def test_what_cannot_be_compared_and_what_is_not_there_is_told(capsys):
    Categories(matcher="choice", by_category={"capitls": "exact"})(
        Answering(("Lima", "Lima", "[/]capitals"), ("B", "B", "quiz"))
    )
    told = " ".join(capsys.readouterr().out.split())
    assert "by_category names 'capitls', and no conversation that was asked is of this category." in told
    assert "Did you mean '[/]capitals'?" in told
    assert "1 of 2 expected replies hold nothing that the matcher choice could compare" in told
    Categories()(Answering(("Lima", "Lima")))
    assert "names its category" in capsys.readouterr().out


RECIPE = """\
model: tiny
template: alpaca_short
loaders:
  - files: {path: rows.jsonl, side: test}
evaluators:
  - categories: OPTIONS
"""


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("{matcher: regex}", "the matcher regex needs a pattern"),
        ("{pattern: x}", "pattern is for the matcher regex"),
        ("{matcher: regex, pattern: '('}", "is no regular expression"),
        ("{matcher: contain}", "contains"),
        ("{by_category: {sums: number}}", "Did you mean 'last_number'?"),
    ],
)
def test_mistakes_in_a_recipe_are_told_before_anything_is_loaded(project, rows, options, told):
    here = project({"recipe.yaml": RECIPE.replace("OPTIONS", options), "rows.jsonl": rows})
    here.run("check", "recipe.yaml").assert_failed(told)


def test_accuracy_is_said_for_each_category(project, rows):
    here = project({"recipe.yaml": RECIPE.replace("OPTIONS", "{max_new_tokens: 4}"), "rows.jsonl": rows})
    here.run("run", "recipe.yaml").assert_success()
    scores = here.json("runs/recipe/scores.json")
    assert scores["base"]["category_accuracy"]["how"] == WORDS["contains"]
    assert scores["base"]["category_accuracy"]["count"] == 2
