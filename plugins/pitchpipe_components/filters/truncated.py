"""Finds replies that end too early."""
# ruff: noqa: RUF001 non-ASCII characters are meant

from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.quote import quoting

_ELLIPSES = ("...", "…", "。。。")
_LENGTHS = {"length", "max_tokens", "max_length", "max_output_tokens"}
_ENDS = tuple(".!?:;…\"'”’»)]}>|*_`~-=。！？」』）】|।؟+%€$°0123456789")


def truncated(
    conversation: Conversation,
    *,
    ellipsis: Annotated[bool, Meta(description='a reply that ends in "..." counts')] = True,
    etc: Annotated[bool, Meta(description='a reply that ends in "etc." counts')] = True,
    open_fence: Annotated[bool, Meta(description="a code block that is never closed counts")] = True,
    cut_word: Annotated[
        bool, Meta(description="a long reply that ends in a letter or a comma counts (a guess)")
    ] = False,
    finish_reason: Annotated[
        bool, Meta(description="a finish_reason or stop_reason in meta such as `length` counts")
    ] = True,
    max_truncation_signs: Annotated[int, Meta(ge=0, description="the most signs of a conversation")] = 0,
) -> Verdict:
    """Drops conversations with replies that were cut off; the score counts the signs of a cut.

    The filter checks every reply, in any language. A cut reply counts even if the user then asks for the
    rest ("go on").
    """
    signs: list[str] = []
    for message in conversation.messages:
        if message.role == "assistant":
            text = message.content
            ending = text[-400:].rstrip()
            if (
                (ellipsis and ending.endswith(_ELLIPSES))
                or (etc and ending.endswith(("etc.", "etc")))
                or (cut_word and _is_cut(ending))
            ):
                signs.append(f"ends in {ending[-60:]}")
            if open_fence and "`" in text and _is_open(text):
                signs.append("a code block is open")
    if finish_reason and conversation.meta and (reason := _ran_out(conversation.meta)):
        signs.append(f"it stopped for {reason}")
    verdict = judged(conversation, truncation_signs=(len(signs), None, max_truncation_signs))
    return quoting(verdict, lambda: "; ".join(signs))


def _is_open(text: str) -> bool:
    """Whether the lines that begin with a fence hold an odd number of fences."""
    fences = [line for line in text.split("\n") if line.lstrip().startswith("```")]
    return sum(line.count("```") for line in fences) % 2 == 1


def _is_cut(text: str) -> bool:
    """Whether long prose ends within a sentence; short last lines are items, headings or verse."""
    last = text.rpartition("\n")[2].strip()
    return (
        len(text) > 200
        and len(last) > 80
        and not last.endswith(_ENDS)
        and (last[-1].isalpha() or last[-1] in ",，、")
        and ord(last[-1]) < 0x0E00  # other scripts may end without a mark
    )


def _ran_out(meta: dict[str, object]) -> str:
    """Why the writer stopped, if it had no more room."""
    reason = meta.get("finish_reason") or meta.get("stop_reason")
    return reason if isinstance(reason, str) and reason.lower() in _LENGTHS else ""
