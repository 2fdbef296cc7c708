"""Words that nobody wants a model to say, or to be asked."""

from typing import Annotated, Literal

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.phrases import among
from pitchpipe_components.text.spoken import everything, prompts, replies

HARMFUL = (
    "kill yourself",
    "kill yourselves",
    "make a bomb",
    "build a bomb",
    "pipe bomb",
    "cook meth",
    "synthesize meth",
    "child porn",
    "child pornography",
)


def harmful(
    conversation: Conversation,
    *,
    patterns: Annotated[
        tuple[str, ...], Meta(description="words and phrases, whole, in any case unless all in capitals")
    ] = HARMFUL,
    extra: Annotated[tuple[str, ...], Meta(description="words and phrases besides")] = (),
    of: Annotated[
        Literal["replies", "prompts", "all"], Meta(description="whose words are looked into")
    ] = "replies",
    max_harmful: Annotated[int, Meta(ge=0, description="as many hits there may be")] = 0,
) -> Verdict:
    """Drop conversations with harmful phrases; the score counts them.

    The list is short, to be replaced by your own: a phrase says little of what is meant, and a refusal that
    repeats it is dropped too. The row's own labels, where it has some, are better judged by `threshold`.
    """
    text, low = replies(conversation)
    if of != "replies":
        text = prompts(conversation) if of == "prompts" else everything(conversation)
        low = text.lower()
    return judged(conversation, harmful=(among(patterns, extra).count(text, low), None, max_harmful))
