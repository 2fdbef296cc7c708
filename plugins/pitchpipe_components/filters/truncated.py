"""Finds replies that end too early."""
# ruff: noqa: RUF001 non-ASCII characters are meant

from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged

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
    signs = 0
    for message in conversation.messages:
        if message.role == "assistant":
            text = message.content
            if ellipsis or etc or cut_word:
                ending = text[-400:].rstrip()
                signs += ellipsis and ending.endswith(_ELLIPSES)
                signs += etc and ending.endswith(("etc.", "etc"))
                signs += cut_word and _is_cut(ending)
            if open_fence and "`" in text:
                signs += _is_open(text)
    if finish_reason and conversation.meta:
        signs += _ran_out(conversation.meta)
    return judged(conversation, truncation_signs=(signs, None, max_truncation_signs))


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


def _ran_out(meta: dict[str, object]) -> bool:
    reason = meta.get("finish_reason") or meta.get("stop_reason")
    return isinstance(reason, str) and reason.lower() in _LENGTHS
