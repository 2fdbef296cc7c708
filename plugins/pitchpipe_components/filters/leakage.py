"""Finds rows that hold parts of the prompt that generated them, or the rows that were generated next."""

import re
from typing import Annotated, Literal

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.filters.leaked_prompts import leaks_of_instruction
from pitchpipe_components.text.asked import DIALOGUE, TRAINING, asks_for, given
from pitchpipe_components.text.phrases import among
from pitchpipe_components.text.prose import without_code
from pitchpipe_components.text.quote import around, quoting
from pitchpipe_components.text.spoken import first_prompt, replies

# Tags of the prompts of Evol-Instruct (Xu et al. 2023, arXiv 2304.12244).
_TAGS = re.compile(
    r"#+ ?(?:the )?(?:given|new|rewritten|created|original|final rewritten) prompt ?#*"
    r"|##(?:input|output|instruction|response)## ?",
    re.MULTILINE,
)
# Fields that nobody filled in, the tags of Alpaca, talk of the prompt, and rows that run into one another.
# LaTeX sets words in braces too: x_{input}, \text{output}.
_PARTS = re.compile(
    r"(?<![\w}_^$\\{])\{(?:instruction|input|output|prompt|question|response)\}(?!\})"
    r"|^#{2,3} ?(?:instruction|response|input):|</?(?:\w+_)?instruction>"
    r"|\b(?:the )?(?:given|rewritten) prompt\b(?= ?[:#]| into| should)"
    r"|^(?:#+ ?)?\d{1,3}[.)] ?(?:instruction|input) ?:"
    r"|^(?:#+ ?)?(?:new |next )?instruction ?\d{0,3} ?:(?=[^\n]*\n(?:[^\n]*\n){0,3}? ?(?:input|output"
    r"|response) ?:)",
    re.MULTILINE,
)
# A second turn that the model wrote by itself.
_TURNS = re.compile(r"^(?:human|user|assistant): ", re.MULTILINE)


def prompt_leakage(
    conversation: Conversation,
    *,
    where: Annotated[
        Literal["replies", "instructions", "both"],
        Meta(description="where to look; instructions leak where a model wrote them too"),
    ] = "replies",
    extra: Annotated[
        tuple[str, ...], Meta(description="whole phrases of your own prompts, in any case")
    ] = (),
    max_leaks: Annotated[int, Meta(ge=0, description="the most leaks of a conversation")] = 0,
) -> Verdict:
    """Drops conversations whose replies leak the prompt behind them: "#Rewritten Prompt#", "### Response:".

    A field that nobody filled in ("{input}") counts, and so do rows that run into one another ("18.
    Instruction: ...") and a second turn that the model wrote by itself ("Human: ..."). Exempt are code, what
    a prompt holds as well, turns where a dialogue is asked for, and fields where a prompt speaks of prompts.

    Of instructions, the first user message is read. There the tags count too, and what a model says around a
    text that it was to rewrite ("Sure, here is the rewritten instruction:"), and "the given prompt" where
    none is given.
    """
    finds = leaks_of_instruction(conversation) if where != "replies" else []
    text, low = replies(conversation)
    if where == "instructions":
        text = low = ""
    if _suspected(low) or extra:
        plain = without_code(text)
        finds += _leaks(conversation, plain, plain.lower())
        if where != "replies":
            plain = f"{first_prompt(conversation)}\n{plain}"
        if extra and (counted := among(extra).count(plain, plain.lower())):
            finds += [among(extra).quote(plain)] * counted
    verdict = judged(conversation, leaks=(len(finds), None, max_leaks))
    return quoting(verdict, lambda: finds[0])


def _leaks(conversation: Conversation, text: str, low: str) -> list[str]:
    found = list(_TAGS.finditer(low))
    parts, turns = list(_PARTS.finditer(low)), list(_TURNS.finditer(low))
    if parts and not asks_for(TRAINING, conversation):
        found += parts
    if turns and not asks_for(DIALOGUE, conversation):
        found += turns
    prompt = given(conversation).lower() if found else ""
    said = text if len(text) == len(low) else low
    return [around(said, *leak.span()) for leak in found if leak[0].strip() not in prompt]


def _suspected(low: str) -> bool:
    return (
        "#" in low or "{" in low or " prompt" in low or "instruction" in low or "\nhuman: " in low
        or "\nuser: " in low or "\nassistant: " in low or low.startswith(("human: ", "user: ", "assistant: "))
    )  # fmt: skip
