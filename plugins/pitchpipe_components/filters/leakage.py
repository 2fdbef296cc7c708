"""Finds replies that hold parts of the prompt that generated them."""

import re
from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.phrases import among
from pitchpipe_components.text.prose import without_code
from pitchpipe_components.text.spoken import replies

# Tags of the prompts of Evol-Instruct (Xu et al. 2023, arXiv 2304.12244) and of Alpaca, fields of a prompt
# that nobody filled in, and turns of a plain-text template.
_TAGS = re.compile(
    r"#+ ?(?:the )?(?:given|new|rewritten|created|original|final rewritten) prompt ?#*"
    r"|##(?:input|output|instruction|response)## ?"
    r"|^#{2,3} ?(?:instruction|response|input):"
    r"|\{(?:instruction|input|output|prompt|question|response)\}"
    r"|\b(?:the )?(?:given|rewritten) prompt\b(?= ?[:#]| into| is| has| should| can| was)"
    r"|^(?:human|user|assistant): ",
    re.MULTILINE,
)


def prompt_leakage(
    conversation: Conversation,
    *,
    extra: Annotated[
        tuple[str, ...], Meta(description="whole phrases of your own prompts, in any case")
    ] = (),
    max_leaks: Annotated[int, Meta(ge=0, description="the most leaks in all replies together")] = 0,
) -> Verdict:
    """Drops conversations whose replies leak the prompt behind them: "#Rewritten Prompt#", "### Response:".

    A field that nobody filled in ("{input}") counts, and so does a second turn that the model wrote by
    itself ("Human: ..."). Code is exempt, except from `extra`.
    """
    text, low = replies(conversation)
    found = 0
    if _suspected(low):
        found = len(_TAGS.findall(without_code(text).lower()))
    if extra:
        found += among(extra).count(text, low)
    return judged(conversation, leaks=(found, None, max_leaks))


def _suspected(low: str) -> bool:
    return (
        "#" in low or "{" in low or " prompt" in low or "\nhuman: " in low or "\nuser: " in low
        or low.startswith(("human: ", "user: ", "assistant: "))
    )  # fmt: skip
