"""Prompts alone: rows need no reply, and an example ends where a server's prompt does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchpipe import IGNORED
from pitchpipe_components.formats import Prompts
from tests.ledger import fates
from tests.preferences import prepared, turn, whole

PROMPTED = {"trainer: both": "trainer: prompted"}
ASKED = "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
ROWS = [
    {"prompt": "2+2?"},
    {"prompt": "2+3?", "answer": 5},
    {"prompt": [turn("user", "2+4?")], "solution": "6"},
    {"problem": "2+5?", "solution": "It is 7.", "answer": "7"},
    {"question": "2+6?", "answer": "8"},
    {"messages": [turn("user", "2+7?")], "ground_truth": "9"},
    {"data_source": "sums", "prompt": [turn("user", "2+8?")], "reward_model": {"style": "rule", "ground_truth": "10"}},
    {"messages": [turn("user", "2+9?")]},
    {"conversations": [{"from": "human", "value": "2+10?"}]},
    {"instruction": "2+11?", "input": "", "output": "13"},
]  # fmt: skip
EXPECTED = ["", "5", "6", "7", "8", "9", "10", "", "", "13"]


@pytest.mark.parametrize(("row", "expected"), list(zip(ROWS, EXPECTED, strict=True)))
def test_the_prompt_is_what_a_server_sends_and_the_expected_answer_stays(project, row, expected):
    here, (example, _) = prepared(project, [row, row], **PROMPTED)
    number = ROWS.index(row) + 2
    assert whole(example) == ASKED.format(f"2+{number}?")
    assert set(example.labels) == {IGNORED} and example.rejected is None
    kept, _ = here.rows("runs/recipe/prepared/train.jsonl")
    replies = [message["content"] for message in kept["messages"] if message["role"] == "assistant"]
    assert replies == ([expected] if expected else [])


def test_a_chat_that_ends_with_a_question_keeps_all_of_it(project):
    chat = [turn("user", "Hi"), turn("assistant", "Hello"), turn("user", "Bye"), turn("assistant", "")]
    here, (example,) = prepared(project, [{"messages": chat}], **PROMPTED)
    assert whole(example) == ASKED.format("Hi") + "Hello<|im_end|>\n" + ASKED.format("Bye")
    assert fates(here) == {1: ["cut at an empty turn"]}


def test_a_recipe_may_still_cut_what_is_not_answered(project):
    rows = [{"messages": [turn("user", "Hi"), turn("assistant", "Hello"), turn("user", "Bye")]}]
    _, (example,) = prepared(
        project, rows, **PROMPTED, **{"collator:": "repair: {unanswered: cut}\ncollator:"}
    )
    assert whole(example) == ASKED.format("Hi")


def test_other_trainers_do_not_take_prompts_for_conversations(project):
    here, _ = prepared(project, [{"prompt": "Hi", "chosen": "Ho", "rejected": "No"}])
    here.write({"rows.jsonl": [{"prompt": "Hi", "by": "somebody else"}]})
    here.run("prepare", "recipe.yaml", "--workers", "1").assert_failed("no format fits the rows")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["role", "content", "x"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(["prompt", "messages", "question", "answer", "reward_model", "system"]), JSON
    )
)
def test_no_row_crashes_the_format(row):
    Prompts().matches(row)
    Prompts()(row)
