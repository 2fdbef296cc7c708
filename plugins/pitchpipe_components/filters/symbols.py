"""Replies that are no words: too many symbols, or words without end."""

import re
from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.prose import without_code
from pitchpipe_components.text.spoken import everything, replies

# ASCII's own, general punctuation to dingbats, CJK punctuation, emoji. Letters and their marks are none.
_symbols = re.compile("[!-/:-@\\[-`{-~\u2010-\u2bff\u3000-\u303f\uff01-\uff0f\U0001f000-\U0001faff]").findall
_runs = re.compile(r"[!-~]{40,}").findall


def symbols(
    conversation: Conversation,
    *,
    max_symbols: Annotated[
        float, Meta(ge=0, le=1, description="so much of the replies' characters may be symbols")
    ] = 0.4,
    min_chars: Annotated[int, Meta(ge=0, description="shorter replies are not looked at")] = 50,
) -> Verdict:
    """Drop replies with too many symbols; the score is their share of all that is not white space.

    Code is left out, letters and digits of any script are no symbols, and short replies score 0.
    """
    text = without_code(replies(conversation)[0])
    solid = len("".join(text.split()))
    share = len(_symbols(text)) / solid if solid and solid >= min_chars else 0.0
    return judged(conversation, symbols=(share, None, max_symbols))


def long_words(
    conversation: Conversation,
    *,
    max_longest_word: Annotated[int, Meta(ge=1, description="so many characters a word may have")] = 1000,
) -> Verdict:
    """Drop conversations with words without end, such as base64.

    The score is the longest run of visible ASCII characters anywhere in the messages, or 0 where none has 40:
    scripts that write no spaces have no words of this kind.
    """
    longest = max(map(len, _runs(everything(conversation))), default=0)
    return judged(conversation, longest_word=(longest, None, max_longest_word))
