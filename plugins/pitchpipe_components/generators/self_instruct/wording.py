"""What a teacher is asked, in our own words; and, under their names, in the words of two guides."""

# ruff: noqa: E501 a line of a prompt is a line of its text
import re
from hashlib import blake2b

import pitchpipe as pp

SHARED = {
    "classification": """\
Some tasks are classification: whatever they are given, the answer is one of a few labels that are known beforehand. All other tasks are not. Say of the last task whether it is classification, with Yes or No alone.

{examples}

Task: {instruction}
Classification:""",
    "inputs_first": """\
Write examples of a task being done: an input that the task could be given, and the output that does it best.
- A task that needs no input has one example; its input is: none
- Any other task has {instances} at most, whose inputs differ in subject, length and difficulty. An input is written out in full, without gaps to be filled in.
- An output is correct and complete. It is in the language that the task asks for, or else in that of the task.

Task: Put the words in alphabetical order.
Example 1
Input: pear, apple, fig
Output: apple, fig, pear
Example 2
Input: walnut, almond, hazelnut, chestnut, cashew
Output: almond, cashew, chestnut, hazelnut, walnut

Task: Explain in two sentences why the sea is salty.
Example 1
Input: none
Output: Rain dissolves small amounts of salt out of rocks, and rivers carry it to the sea. Water evaporates there and the salt stays behind, so it has gathered over millions of years.

Task: {instruction}
""",
    "outputs_first": """\
Write examples of a classification task being done. Choose the label first, then write an input that has this label beyond doubt. Use every label that the task names before any comes again, {instances} examples at most. An input is written out in full, without gaps to be filled in, and does not name its label.

Task: Say whether the message is a complaint, a question or praise.
Example 1
Label: complaint
Input: I have been waiting for my parcel for three weeks, and nobody answers my letters.
Example 2
Label: praise
Input: The soup was the best that I have had this year. We will come again!
Example 3
Label: question
Input: Do you also deliver on Saturdays?

Task: {instruction}
""",
}
CHAT = SHARED | {
    "instructions": """\
You invent tasks on which a language model is to be trained. Here are some that we have:

{tasks}

Continue the list with {wanted} new tasks, numbered {first} to {last}. Every one
- is unlike all others, in what it is about and in what is to be done: write, explain, sort, rewrite, translate, calculate, plan, compare, correct, advise, find out, put into code;
- can be done by reading and writing text, without pictures, sounds, links or anything outside the conversation;
- is clear and complete in one or two sentences. Where it works on a text or data, it speaks of them ("the letter", "these numbers") without writing them out, as they are added later.
Write in the languages of the tasks above. Answer with the numbered list alone, without headings, inputs and answers.""",
}
PAPER = SHARED | {
    "instructions": """\
A series of {last} tasks, each of them unlike the others:

{tasks}
Task {first}:""",
}
# As the guides have them, but for the names of their fields.
DOCUMENT = SHARED | {
    "instructions": """\
Here are some example tasks:

{tasks}

Generate a new and different task instruction. Be creative and diverse.
The task should be clear and specific.

New task instruction:""",
    "inputs_first": """\
Given the following instruction, generate an appropriate input and output pair.

Instruction: {instruction}

Generate:
1. An input (can be empty if not needed)
2. The expected output

Format:
Input: [your input or "N/A"]
Output: [expected output]""",
}
BATCH = SHARED | {
    "instructions": """\
Generate {wanted} diverse instruction-following examples. Each example should have:
1. An instruction (what to do)
2. An input (optional context)
3. An output (appropriate response)

Make the instructions diverse across different tasks like:
- Question answering
- Summarization
- Translation
- Math problems
- Code generation
- Creative writing
- Classification
- Reasoning

Here are some seed examples:
{tasks}

Generate {wanted} new examples in JSON format:
[
  {
    "instruction": "...",
    "input": "...",
    "output": "..."
  },
  ...
]""",
}
PROMPTS = {"chat": CHAT, "paper": PAPER, "document": DOCUMENT, "batch": BATCH}
# The fields of each prompt. A recipe's own prompt must hold the first, or it asks for nothing.
FIELDS = {
    "instructions": ("tasks", "wanted", "first", "last"),
    "classification": ("instruction", "examples"),
    "inputs_first": ("instruction", "instances"),
    "outputs_first": ("instruction", "instances"),
}
_FIELD = re.compile(r"\{([a-z_]+)\}")


def prompts(like: str, own: dict[str, str]) -> dict[str, str]:
    """The prompts of a name, and those that a recipe has in their place."""
    for name, text in own.items():
        if name not in FIELDS:
            raise ValueError(f"prompts: no prompt '{name}'.{pp.suggest(name, FIELDS)}")
        known, found = FIELDS[name], _FIELD.findall(text)
        if known[0] not in found:
            raise ValueError(f"prompts: '{name}' must hold the field {{{known[0]}}}")
        if unknown := [field for field in found if field not in known]:
            fields = ", ".join(f"{{{field}}}" for field in known)
            raise ValueError(f"prompts: '{name}' has no field {{{unknown[0]}}}, but {fields}")
    return PROMPTS[like] | own


def digest_of(words: dict[str, str]) -> str:
    """What tells other words from these."""
    return blake2b(repr(sorted(words.items())).encode(), digest_size=4).hexdigest()


def filled(prompt: str, **fields: str) -> str:
    """A prompt with those of the fields that it has."""
    return pp.fill(prompt, **{name: text for name, text in fields.items() if f"{{{name}}}" in prompt})
