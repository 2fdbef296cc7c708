"""Each rule for tasks and instances, at its limit; and the page that explains their reasons."""

import ast
import re

import pytest

from pitchpipe_components.generators.self_instruct import generator, rules
from pitchpipe_components.generators.self_instruct.instances import Instance
from pitchpipe_components.generators.self_instruct.presets import PRESETS, chosen
from pitchpipe_components.generators.self_instruct.rules import (
    against_each,
    against_instance,
    against_task,
    length_in_words,
)
from tests.documents import ROOT

CHAT, PAPER, DOCUMENT, BATCH = (PRESETS[name] for name in ("chat", "paper", "document", "batch"))
GOOD = [
    "Write a haiku about rain.",
    "写一首关于春天的诗。",
    "¿Qué es un río?  Explica.",
    '"To be" or "not to be": which is shorter?',
    "Write a program that sorts names.",
    "3.5 is a number. Is it whole?",
    "(Optional) Describe the sea.",
    "In 2016: what happened in sport?",
    "Explain how hash maps work.",
    "Give an example task for a school class.",
    "What is the task of a midwife?",
    "Improve this task: make it shorter.",
]


@pytest.mark.parametrize("task", GOOD)
def test_good_tasks_in_any_language(task):
    assert against_task(task, CHAT) is None


@pytest.mark.parametrize(
    ("task", "reason", "score", "limit"),
    [
        ("", "no task", None, None),
        ("Write a poem.", "too few words", 3, 4),
        ("写一首诗。", "too few words", 3, 4),
        ("word " * 151, "too many words", 151, 150),
        ("春" * 302, "too many words", 151, 150),
        ("10. Write a poem about the sea.", "begins with a number of a list", None, None),
        ("Task 10: Write a poem about the sea.", "begins with a number of a list", None, None),
        ("Write a poem. Task 11: Write a song.", "holds words of the prompt", None, None),
        ("Write a poem on {instruction} please.", "holds words of the prompt", None, None),
        ("### Instruction to write about seas", "holds words of the prompt", None, None),
        ("- write a poem about rain", "prompt opens with punctuation", None, None),
        ("Describe what you see in the picture.", "asks for more than text", 1, 0),
        ("Draw a cat for me, please.", "asks for more than text", 1, 0),
    ],
)
def test_what_is_no_task(task, reason, score, limit):
    drop = against_task(task, CHAT)
    assert drop and drop.reason.partition(":")[0] == reason
    assert (drop.score, drop.limit) == (score, limit)


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        ("Write a program that sorts names.", "opens as many do"),
        ("¿Qué es un río? Explica.", "prompt opens outside ASCII"),
        ('"To be" or "not to be": which is shorter?', "prompt opens with punctuation"),
        ("Explain how hash maps work.", "asks for more than text"),
    ],
)
def test_the_papers_rules_are_stricter(task, reason):
    assert against_task(task, CHAT) is None
    drop = against_task(task, PAPER)
    assert drop and drop.reason.partition(":")[0] == reason


def test_a_guides_rules():
    assert against_task("Say hello.", DOCUMENT) is None
    drop = against_task("Say hello", DOCUMENT)
    assert drop and (drop.reason, drop.score, drop.limit) == ("too few characters", 9, 10)
    assert against_instance("Say hello.", Instance("", "hello"), DOCUMENT) is None
    drop = against_instance("Say hello.", Instance("", "helo"), DOCUMENT)
    assert drop and (drop.reason, drop.score, drop.limit) == ("output too short", 4, 5)


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("x" * 19, "output too short"),
        ("x" * 20, ""),
        ("x" * 2048, ""),
        ("x" * 2049, "output too long"),
        ("When you are told to SAY HELLO, do it.", "output holds its instruction"),
        ("There are many greetings, hello, hi, etc.", "output is not finished"),
        ("There are many greetings, hello, hi...", "output is not finished"),
    ],
)
def test_the_other_guides_rules(output, reason):
    drop = against_instance("Say hello", Instance("", output), BATCH)
    assert (drop.reason.partition(":")[0] if drop else "") == reason


@pytest.mark.parametrize(
    ("instance", "reason"),
    [
        (Instance("a", None), "no output"),
        (Instance("a", ""), "no output"),
        (Instance("The Sea", "the  sea"), "output repeats the input"),
        (Instance("a", "These are they:"), "output is not finished"),
        (Instance("The question is:", "42"), "input is not finished"),
        (Instance("", "[expected output]"), "repeats the form that the prompt shows"),
        (Instance("[your input]", "x"), "repeats the form that the prompt shows"),
        (Instance("[1, 2]", "[2, 1]"), ""),
        (Instance("2", "4"), ""),
    ],
)
def test_instances(instance, reason):
    drop = against_instance("Double it.", instance, CHAT)
    assert (drop.reason.partition(":")[0] if drop else "") == reason


def test_of_several_outputs_without_an_input_the_first_stays():
    found = [Instance("", "one"), Instance("", "two"), Instance("", "one")]
    first, *others = against_each("Say a number.", found, CHAT)
    assert first is None
    assert {drop.reason for drop in others if drop} == {"an instance with this input came before"}


def test_words_are_counted_in_every_script():
    counts = {"write a poem": 3, "写诗吧呀": 2, "写 poem": 2, "เขียน": 3, "": 0, "don't stop-it": 2}
    assert {text: length_in_words(text) for text in counts} == counts


def test_a_value_beside_a_name_replaces_that_one_alone():
    values = chosen("document", {"min_chars": 3, "temperature": None, "like": "document"})
    assert (values.min_chars, values.temperature, values.max_tokens) == (3, 0.8, 100)


def test_the_page_explains_every_reason():
    page = (ROOT / "docs" / "self-instruct.md").read_text("utf-8")
    explained = " ".join(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", page, flags=re.S)))
    for module in (rules, generator):
        for node in ast.walk(ast.parse(open(module.__file__, encoding="utf-8").read())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pp.drop":
                said = node.args[0].values[0] if isinstance(node.args[0], ast.JoinedStr) else node.args[0]
                words = getattr(said, "value", "")
                assert not isinstance(words, str) or words.partition(":")[0].strip() in explained, words
