"""Instances are found in replies, whatever stands around their fields."""
# ruff: noqa: RUF001 other languages have other marks

import pytest

from pitchpipe_components.generators.self_instruct.instances import Instance, instances_in

PAIR = [Instance("pear, fig", "fig, pear"), Instance("b, a", "a, b")]
TWO = {
    "as asked": "Example 1\nInput: pear, fig\nOutput: fig, pear\nExample 2\nInput: b, a\nOutput: a, b",
    "no heads": "Input: pear, fig\nOutput: fig, pear\n\nInput: b, a\nOutput: a, b",
    "bold": "**Example 1:**\n**Input:** pear, fig\n**Output:** fig, pear\n\n**Example 2:**\n**Input:** b, a\n"
    "**Output:** a, b",
    "headings and rules": "### Example 1\n**Input**: pear, fig\n\n**Output**: fig, pear\n\n---\n\n### Example 2\n"
    "**Input**: b, a\n\n**Output**: a, b\n\n---",
    "numbered": "1. Input: pear, fig\n   Output: fig, pear\n2. Input: b, a\n   Output: a, b",
    "bullets": "- Input: pear, fig\n- Output: fig, pear\n\n- Input: b, a\n- Output: a, b",
    "one line": "Example 1: Input: pear, fig\nOutput: fig, pear\nExample 2: Input: b, a\nOutput: a, b",
    "numbered fields": "Input 1: pear, fig\nOutput 1: fig, pear\nInput 2: b, a\nOutput 2: a, b",
    "fields alone in their lines": "Input:\npear, fig\nOutput:\nfig, pear\n\nInput:\nb, a\nOutput:\na, b",
    "other words": "Instance 1:\nInput (words): pear, fig\nExpected output: fig, pear\nInstance 2:\n"
    "Input (words): b, a\nExpected output: a, b",
    "fenced": "```\nInput: pear, fig\nOutput: fig, pear\n\nInput: b, a\nOutput: a, b\n```",
    "assistant around it": "Here are two examples:\n\nExample 1\nInput: pear, fig\nOutput: fig, pear\n\n"
    "Example 2\nInput: b, a\nOutput: a, b\n\nLet me know if you need more examples!",
    "fenced, with words around it": "Here they are:\n```\nInput: pear, fig\nOutput: fig, pear\n\nInput: b, a\n"
    "Output: a, b\n```",
    "thoughts": "<think>\nInput: no\nOutput: no\n</think>\nInput: pear, fig\nOutput: fig, pear\nInput: b, a\n"
    "Output: a, b",
    "labels first": "Label: fig, pear\nInput: pear, fig\nLabel: a, b\nInput: b, a",
    "class labels": "Class label: fig, pear\nInput: pear, fig\n\nClass label: a, b\nInput: b, a",
    "german": "Beispiel 1\nEingabe: pear, fig\nAusgabe: fig, pear\nBeispiel 2\nEingabe: b, a\nAusgabe: a, b",
    "chinese": "示例1：\n输入：pear, fig\n输出：fig, pear\n示例2：\n输入：b, a\n输出：a, b",
}


@pytest.mark.parametrize("reply", TWO.values(), ids=TWO)
def test_two_instances(reply):
    assert instances_in(reply) == PAIR


NONE = ["none", "None.", "N/A", "n/a", "<noinput>", "<no input>", "[No input]", "no input needed", "-", "", "(empty)",
        "**N/A**", "Not applicable", "无", "Keine"]  # fmt: skip


@pytest.mark.parametrize("word", NONE)
def test_words_for_no_input(word):
    assert instances_in(f"Input: {word}\nOutput: Hello there.") == [Instance("", "Hello there.")]


@pytest.mark.parametrize(
    "word", ["none of these words", "Nancy", "n/a is short for what?", "no, thanks", "nil 3 : 2"]
)
def test_words_that_are_an_input(word):
    assert instances_in(f"Input: {word}\nOutput: Hello there.") == [Instance(word, "Hello there.")]


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ("Output: only this", [Instance("", "only this")]),
        (  # a guide's own code keeps one line of a field
            "Input: A letter.\n\nIt has two paragraphs.\nOutput: One.\n\n- Two\n- Three",
            [Instance("A letter.\n\nIt has two paragraphs.", "One.\n\n- Two\n- Three")],
        ),
        (
            "Input: none\nOutput:\n```python\ndef f():\n    return 1\n# Input: 3\nInput: 4\n```",
            [Instance("", "```python\ndef f():\n    return 1\n# Input: 3\nInput: 4\n```")],
        ),
        ("Input: 3\nOutput: It prints\nOutput: 3", [Instance("3", "It prints\nOutput: 3")]),
        ("Input: 3\nOutput:", [Instance("3", "")]),
        ("Input: 3\nAnd no more", [Instance("3\nAnd no more", None)]),
        ("Input: a: b\nOutput: c: d", [Instance("a: b", "c: d")]),
        ("Input: {x} <|im_end|> %s\nOutput: {instruction}", [Instance("{x} <|im_end|> %s", "{instruction}")]),
        (  # words of an answer that look like fields, where heads tell the instances apart
            "Example 1\nInput: 3\nOutput: A sample run:\nInput: 3\nOutput: 9\nExample:\nsquare(3)\nExample 2\nInput: 4\n"
            "Output: Class: even",
            [
                Instance("3", "A sample run:\nInput: 3\nOutput: 9\nExample:\nsquare(3)"),
                Instance("4", "Class: even"),
            ],
        ),
        ("Input: x\nOutput: one\nClass: A\nLabel (b): c", [Instance("x", "one\nClass: A\nLabel (b): c")]),
        (
            "Input: none\nOutput: Dear Ann,\n\nLet me know if you can come.",
            [Instance("", "Dear Ann,\n\nLet me know if you can come.")],
        ),
        ("Inputs and outputs differ.\nThe output: none", []),
        ("1. Burning coal.\n2. Burning oil.", []),
        ("I'm sorry, but I cannot do that.", []),
        ("", []),
        ("```\nInput: 1\nOutput: 2", [Instance("1", "2")]),
        ("Input: none\nOutput: a\u2028b\x85c", [Instance("", "a\u2028b\x85c")]),
    ],
)
def test_other_replies(reply, found):
    assert instances_in(reply) == found
