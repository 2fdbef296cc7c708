"""What models write around a text that they were asked to rewrite, in the ways that they have of it."""
# ruff: noqa: RUF001 quotes as models write them

import json

import pytest

from pitchpipe_components.text.rewritten import leak_of, unwrapped

NEW = "Write a poem about the sea in exactly twelve lines."
TWO = "Sort these numbers in rising order:\n\n| a | b |\n|---|---|\n| 3 | 1 |"

WRAPPED = [
    "#Rewritten Prompt#:\n{}",
    "#Rewritten Prompt#: {}",
    "#Rewritten Prompt#\n{}",
    "## Rewritten Prompt\n\n{}",
    "### Rewritten Instruction:\n{}",
    "**Rewritten Prompt:**\n\n{}",
    "**Rewritten Prompt**: {}",
    "*Rewritten Instruction:* {}",
    "Rewritten instruction:\n{}",
    "Evolved instruction with added constraints: {}",
    "More complex instruction requiring deeper reasoning: {}",
    "Instruction requiring multi-step reasoning: {}",
    "More specific instruction: {}",
    "New instruction: {}",
    "Instruction: {}",
    "**Instruction:** {}",
    "#Created Prompt#:\n{}",
    "#Finally Rewritten Prompt#:\n{}",
    "Here is the rewritten prompt:\n\n{}",
    "Here is the instruction:\n\n{}",
    "Here's a possible instruction: {}",
    'Here\'s the rewritten instruction:\n\n"{}"',
    "Here is a more complex version of the instruction:\n\n{}",
    "Sure! Here's a more challenging version of the given prompt:\n\n{}",
    "Sure, here is the evolved instruction: {}",
    "Certainly! Below is the rewritten instruction:\n\n{}",
    "Of course! {}",
    "Okay, here's an evolved version of the original instruction:\n\n> {}",
    "Here is a harder and more specific task:\n```\n{}\n```",
    "```text\n{}\n```",
    "```\n#Rewritten Prompt#:\n{}\n```",
    '"{}"',
    "“{}”",
    "«{}»",
    "'{}'",
    "**{}**",
    "> {}",
    "<instruction>\n{}\n</instruction>",
    "<new_instruction>{}</new_instruction>",
    "Here you are.\n<instruction>\n{}\n</instruction>\nI added a limit.",
    "<think>The prompt asks for a poem. I could add a limit: twelve lines.</think>\n\n{}",
    "The prompt asks for a poem. I add a limit.\n</think>\n{}",
    "#The Given Prompt#:\nWrite a poem.\n\n#Rewritten Prompt#:\n{}",
    "Original instruction: Write a poem.\n\nEvolved instruction: {}",
    "Step 1: list methods.\nStep 2: plan.\n\n#Finally Rewritten Instruction#:\n{}",
    "Rewritten Prompt：{}",
    "改写后的提示：{}",
    "#重写后的Prompt#：\n{}",
    "{}\n\nThis version adds a limit on the number of lines.",
    "{}\n\nThis rewritten prompt requires the writer to count.",
    "{}\n\n(This revised instruction adds one constraint.)",
    "{}\n\n---\n\nThis new version asks for more.",
    "{}\n\n---\n\n**Explanation:** I added a limit.",
    "{}\n\n**Changes made:**\n- a limit\n- another one",
    "{}\n\nI've added a constraint on the form.",
    "{}\n(Note: I added a limit.)",
    "{}\n\nNote: This rewritten version adds one constraint.",
    "{}\n\nLet me know if you would like another version!",
    'Sure! Here is the rewritten instruction:\n\n**"{}"**\n\nThis version adds a limit.',
]


@pytest.mark.parametrize("new", [NEW, TWO], ids=["a line", "with a table"])
@pytest.mark.parametrize("wrapped", WRAPPED)
def test_what_stands_around_the_text_is_taken_off(wrapped, new):
    if new is TWO and wrapped in (
        "> {}",
        "Okay, here's an evolved version of the original instruction:\n\n> {}",
    ):
        new = new.replace("\n", "\n> ")
        assert unwrapped(wrapped.format(new)) == TWO
        return
    assert unwrapped(wrapped.format(new)) == new


PLAIN = [
    NEW,
    TWO,
    "Here is a list of numbers: 3, 1, 2. Sort them.",
    "Here are two poems:\n\nOne.\n\nTwo.\n\nCompare them.",
    'Explain the saying "a rolling stone gathers no moss"',
    '"Hello" and "Goodbye": which is the more formal?',
    "'Tis the season: write a carol.",
    "Note: answer in French.\nName a river.",
    "Name a river.\n\nNote: answer in French.",
    "Write release notes for an app.\n\nThe new version adds a dark mode and mends two crashes.",
    "Write a function in Python that reverses a string:\n\n```python\ndef reverse(text): ...\n```",
    "```python\nprint(1)\n```\nWhat does it print?",
    "```python\nprint(1)\n```",
    "Translate into German:\n\n> To be or not to be",
    "**Sort** the words in **bold**",
    "Summarise this:\n\nThis chapter asks what law is. In this chapter we learn how.",
    "What is new in Python 3.11? Question the sources that you use: name them.",
    "Given a prompt such as 'draw a cat': list what a painter must know.",
    "Great cities: name five of them.",
    "Sure-footed goats climb. Write a fable on one.",
    '{"a": 1, "b": [2]}',
    '{"instruction": "Sort.", "input": "3 1"}',
    '{"city": "Bern"}',
    "请写一首关于大海的诗，正好十二行。",
]


@pytest.mark.parametrize("name", ["instruction", "rewritten_prompt", "New Question"])
def test_the_one_text_of_an_object_is_taken(name):
    assert unwrapped(json.dumps({name: TWO})) == TWO
    fenced = f"```json\n{json.dumps({name: NEW})}\n```"
    assert unwrapped(fenced) == NEW


@pytest.mark.parametrize("text", PLAIN)
def test_what_belongs_to_the_text_stays(text):
    assert unwrapped(text) == text


@pytest.mark.parametrize("odd", ["\n", "\n ", " ", "<instruction>", "#", "new prompt (", "\nnote", "x"])
def test_a_very_long_reply_takes_no_time(odd):
    """Patterns that try every place against every other take minutes."""
    assert len(unwrapped("a" + odd * 100_000 + "b")) <= len(odd) * 100_000 + 2


@pytest.mark.parametrize("reply", ["", "  ", "#Rewritten Prompt#:", '""', "```\n```", "<think>Hm."])
def test_where_nothing_is_said_nothing_breaks(reply):
    assert len(unwrapped(reply)) <= len(reply.strip())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Turn the given prompt into a poem.", "given prompt"),
        ("#Rewritten Prompt# Write a poem.", "#Rewritten Prompt#"),
        ("Make the Rewritten Prompt reasonable.", "Rewritten Prompt"),
        ("Do as the original instruction says, but quicker.", "original instruction"),
        ("Write a poem. </instruction>", "</instruction>"),
        ("Write a poem about a given day.", ""),
        ("Follow the instructions given below.", ""),
        ("Explain what a prompt is.", ""),
    ],
)
def test_words_of_the_prompt_are_found_in_what_was_made_of_it(text, words):
    assert leak_of(text) == words


def test_words_that_were_there_before_are_no_leak():
    assert leak_of("Improve the given prompt: draw a cat!", "Mend the given prompt: draw a cat") == ""
