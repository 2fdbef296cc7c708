"""Words for no input are taken off prompts, and nothing else is."""
# ruff: noqa: RUF001 marks of other languages are meant

import pytest

from pitchpipe_components.repair import repair
from tests.components.repair.talks import A, M, outcome, talk

ASKED = "Tell me a story about a fox."


@pytest.mark.parametrize(
    "context",
    [
        "No input.", "No Input", "no input needed", "No input is required.", "`<noinput>`", "<No Input>", "[no input]", "(No input provided)",
        "N/A.", "[N/A]", "<n/a>", "none.", "No_Input", "no-input", "“No input”", "No additional input is necessary.", "无输入", "（无）", "没有输入。",
    ],
)  # fmt: skip
def test_a_context_that_stands_for_none_is_empty(context):
    mended, notes = outcome(talk(M("user", ASKED, context=context), A))
    assert mended.messages[0] == M("user", ASKED)
    assert notes == (f"context read as empty: {context.lower()!r}",)


@pytest.mark.parametrize(
    "ending",
    [
        "\n<noinput>", "\n\n<noinput>\n", " <noinput>", "<no input>", "\nNo input.", "\n[No input]", "\nNo input needed.", "\nInput: <noinput>",
        "\n\nInput:\n<noinput>", "\nInput: N/A", "\n### Input:\nNo input", "\nInput: [no input provided]",
    ],
)  # fmt: skip
def test_words_for_no_input_are_cut_off_a_prompt(ending):
    mended, notes = outcome(talk(M("user", ASKED + ending), A))
    assert mended.messages[0].content == ASKED
    assert notes == (f"words for no input cut off a prompt: {ending.strip()!r}",)
    mended, _ = outcome(talk(M("user", "Sort it.", context="Salary, Name." + ending), A))
    assert mended.messages[0].context == "Salary, Name."
    assert outcome(talk(M("user", ASKED + ending), A), no_context=())[1] == ()


@pytest.mark.parametrize(
    "prompt",
    [
        "What does <noinput> mean?", "In Alpaca, what is <noinput>", "Why is there no input", "Explain:\nNo input reaches the pump.",
        "Which is it?\nInput: none of the three", "Add them.\nInput: 3 4", "What does it print?\nInput: None of it", "No input.",
        "Fix it.\nInput: nan", "Sort the list.\nInput: nine, ten", "Say why.\nNo input, no output: is it so?",
    ],
)  # fmt: skip
def test_prompts_that_speak_of_it_stay(prompt):
    sound = talk(("user", prompt), A)
    assert repair(sound) is sound


@pytest.mark.parametrize(
    "context", ["None of them came.", "No input voltage", "nonet", "N/A means not available", "无所谓", "no"]
)
def test_contexts_that_say_something_stay(context):
    sound = talk(M("user", ASKED, context=context), A)
    assert repair(sound) is sound


def test_replies_may_say_so():
    sound = talk(("user", "What did it read?"), ("assistant", "It read nothing.\nNo input."))
    assert repair(sound) is sound
