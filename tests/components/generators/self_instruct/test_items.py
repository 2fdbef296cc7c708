"""Tasks are found in lists, in whatever way a model writes them."""
# ruff: noqa: RUF001 other languages have other marks

import pytest

from pitchpipe_components.generators.self_instruct.items import listed, only

TWO = ["Write a poem about moss.", "Explain how tides come about."]
LISTS = {
    "as asked": "9. Write a poem about moss.\n10. Explain how tides come about.",
    "named": "Task 9: Write a poem about moss.\nTask 10: Explain how tides come about.",
    "goes on where the prompt ended": " Write a poem about moss.\nTask 10: Explain how tides come about.",
    "goes on without numbers of its own": "Write a poem about moss.\n10. Explain how tides come about.",
    "begins at 1": "1. Write a poem about moss.\n2. Explain how tides come about.",
    "every one is 1": "1. Write a poem about moss.\n1. Explain how tides come about.",
    "brackets": "9) Write a poem about moss.\n\n10) Explain how tides come about.",
    "in brackets": "(9) Write a poem about moss.\n(10) Explain how tides come about.",
    "colons": "9: Write a poem about moss.\n10: Explain how tides come about.",
    "no space": "9.Write a poem about moss.\n10.Explain how tides come about.",
    "bold names": "**Task 9:** Write a poem about moss.\n\n**Task 10:** Explain how tides come about.",
    "bold numbers": "**9.** Write a poem about moss.\n**10.** Explain how tides come about.",
    "headings": "### Task 9\n\nWrite a poem about moss.\n\n### Task 10\nExplain how tides come about.",
    "names in lines of their own": "Task 9\nWrite a poem about moss.\nTask 10\nExplain how tides come about.",
    "titles": "9. **A poem**: Write a poem about moss.\n10. **Tides** - Explain how tides come about.",
    "titles with a colon": "9. **Moss:** Write a poem about moss.\n10. **Tides:** Explain how tides come about.",
    "titles alone": "9. **Moss**\n   Write a poem about moss.\n\n10. **Tides**\n\n    Explain how tides come about.",
    "labels": "9. Instruction: Write a poem about moss.\n10. Instruction: Explain how tides come about.",
    "quotes": '9. "Write a poem about moss."\n10. “Explain how tides come about.”',
    "all bold": "9. **Write a poem about moss.**\n10. **Explain how tides come about.**",
    "bullets": "- Write a poem about moss.\n- Explain how tides come about.",
    "bullets with names": "- Task 9: Write a poem about moss.\n- Task 10: Explain how tides come about.",
    "lines alone": "Write a poem about moss.\nExplain how tides come about.",
    "assistant around it": "Sure! Here are two new tasks:\n\n9. Write a poem about moss.\n"
    "10. Explain how tides come about.\n\nLet me know if you would like more!",
    "fenced": "```\n9. Write a poem about moss.\n10. Explain how tides come about.\n```",
    "fenced, with words around it": "Here they are:\n```text\n9. Write a poem about moss.\n"
    "10. Explain how tides come about.\n```\nEnjoy!",
    "a fence that is never closed": "```\n9. Write a poem about moss.\n10. Explain how tides come about.",
    "thoughts": "<think>\n1. They want tasks.\n2. I list them.\n</think>\n9. Write a poem about moss.\n"
    "10. Explain how tides come about.",
    "inputs that nobody asked for": "9. Write a poem about moss.\n   Input: none\n   Output: Moss...\n"
    "10. Explain how tides come about.\n    Input: <noinput>",
    "skipped a number": "9. Write a poem about moss.\n11. Explain how tides come about.",
    "empty items": "9. Write a poem about moss.\n10.\n11. Explain how tides come about.\n12. ",
    "carriage returns": "9. Write a poem about moss.\r\n10. Explain how tides come about.\r\n",
    "groups": "**Writing**\n9. Write a poem about moss.\n\n**Explaining**\n10. Explain how tides come about.",
    "groups that begin again": "Writing:\n1. Write a poem about moss.\n\nExplaining:\n\n"
    "1. Explain how tides come about.",
}


@pytest.mark.parametrize("reply", LISTS.values(), ids=LISTS)
def test_two_tasks(reply):
    assert listed(reply, 9) == TWO


@pytest.mark.parametrize(
    ("reply", "tasks"),
    [
        ("9. a one\n10. b two\n1. c three\n2. d four", ["a one", "b two", "c three", "d four"]),
        (
            "9. Put these in order:\n1. The moon landing\n2. The first train\n10. Say why.\n11. Stop.",
            ["Put these in order:\n1. The moon landing\n2. The first train", "Say why.", "Stop."],
        ),
        (
            "9. Sort the list:\n\n   1. pear\n   2. fig\n\n10. Count it.",
            ["Sort the list:\n1. pear\n2. fig", "Count it."],
        ),
        (
            "9. What does this print?\n```python\n1. / 3\nprint(1)\n```\n10. Explain it.",
            ["What does this print?\n```python\n1. / 3\nprint(1)\n```", "Explain it."],
        ),
        ("9. Add 3.5 to 2 at 10:30.\n3.5 is a number.", ["Add 3.5 to 2 at 10:30.\n3.5 is a number."]),
        ("任务9：写一首关于春天的诗。\n任务10：解释光合作用。", ["写一首关于春天的诗。", "解释光合作用。"]),
        ("9、写一首关于春天的诗。\n10、解释光合作用。", ["写一首关于春天的诗。", "解释光合作用。"]),
        ("Aufgabe 9: Schreibe ein Gedicht.\nAufgabe 10: Erkläre Ebbe.", ["Schreibe ein Gedicht.", "Erkläre Ebbe."]),
        ("9. What happened in\n2016. Nobody knows.", ["What happened in\n2016. Nobody knows."]),
        ('9. Rhyme "cat" with "hat".', ['Rhyme "cat" with "hat".']),
        ("9. **Bold** words are *loud*: why?", ["**Bold** words are *loud*: why?"]),
        ("", []),
        ("   \n\n", []),
        ("I cannot help with that.", ["I cannot help with that."]),  # the rules and novelty decide
    ],
)  # fmt: skip
def test_other_lists(reply, tasks):
    assert listed(reply, 9) == tasks


@pytest.mark.parametrize(
    "reply",
    [
        "Write a poem about moss.",
        '"Write a poem about moss."',
        "New task instruction: Write a poem about moss.",
        "**New Task Instruction:** Write a poem about moss.",
        "Task 4: Write a poem about moss.",
        "Task 4: Write a poem about moss.\nTask 5: Explain tides.",
        "Sure! Here is a new task:\n\n**Write a poem about moss.**",
        "**Task:** Write a poem about moss.\n\nInput: N/A\nOutput: Soft and green",
        "<think>moss?</think>\nWrite a poem about moss.",
    ],
)
def test_one_task(reply):
    assert only(reply) == TWO[0]


def test_one_task_may_have_many_lines():
    task = "Write a poem about moss.\n\nIt must:\n- rhyme\n- be short"
    assert only(task) == task
