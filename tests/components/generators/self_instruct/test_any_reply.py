"""Any reply can be read, however odd or long; and a list comes back as it was written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitchpipe_components.generators.self_instruct.batch import tasks_in
from pitchpipe_components.generators.self_instruct.instances import Instance, instances_in
from pitchpipe_components.generators.self_instruct.items import listed, only
from pitchpipe_components.generators.self_instruct.presets import PRESETS
from pitchpipe_components.generators.self_instruct.rules import against_each, against_task

PARTS = ["\n", "\n\n", "9. ", "Task 10: ", "1) ", "- ", "**", "```", "Input:", "Output: ", "Example 2", "{", "}", '"',
         '"instruction": "', "none", "<think>", "</think>", "...", "\u2028", "\x00", "word ", "\t", "---"]  # fmt: skip
REPLIES = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PARTS), max_size=40).map("".join))
WORDS = st.lists(st.from_regex(r"[A-Za-zäöé]{2,9}", fullmatch=True), min_size=3, max_size=8)
TASKS = st.lists(WORDS.map(lambda words: f"Say {' '.join(words)}."), min_size=1, max_size=9)
STYLES = ["{n}. {task}", "{n}) {task}", "Task {n}: {task}", "**{n}.** {task}", "### Task {n}\n{task}\n",
          "{n}. **Title here**: {task}", '{n}. "{task}"', "{n}: {task}\n", "**Task {n}:** {task}\n"]  # fmt: skip


@settings(max_examples=50)
@given(REPLIES)
def test_nothing_is_raised_and_nothing_empty_is_found(reply):
    tasks = [*listed(reply, 9), only(reply)]
    found = instances_in(reply)
    for values in PRESETS.values():
        for task in tasks:
            against_task(task, values)
        assert len(against_each("Say it.", found, values)) == len(found)
    assert all(task.strip() == task and task for task in tasks[:-1])
    assert isinstance(tasks_in(reply), list)


@settings(max_examples=50)
@given(TASKS, st.sampled_from(STYLES), st.sampled_from([1, 9]))
def test_a_list_comes_back(tasks, style, first):
    lines = [style.format(n=number, task=task) for number, task in enumerate(tasks, first)]
    assert listed("\n".join(lines), 9) == tasks


@settings(max_examples=50)
@given(st.lists(st.tuples(WORDS.map(" ".join), WORDS.map("\n".join)), min_size=1, max_size=5))
def test_instances_come_back(pairs):
    reply = "\n".join(
        f"Example {n}\nInput: {one}\nOutput: {other}" for n, (one, other) in enumerate(pairs, 1)
    )
    assert instances_in(reply) == [Instance(one, other) for one, other in pairs]


@pytest.mark.parametrize(
    "part", ["\n", "x", "1. a\n", "-", "- ", "{", '{"a":', "Input: ", "Input: a\n", "```\n", "**", " "]
)
def test_a_long_reply_takes_no_longer_for_each_part_of_it(part):
    reply = part * (200_000 // len(part))
    for read in (lambda text: listed(text, 9), only, instances_in, tasks_in):
        for task in read(reply)[:3]:
            if isinstance(task, str):
                against_task(task, PRESETS["paper"])
