"""Finds replies with too many symbols, and words that are too long."""

import re
from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.prose import without_code
from pitchpipe_components.text.quote import quoting
from pitchpipe_components.text.spoken import everything, replies

# ASCII symbols, general punctuation to arrows and dingbats, CJK and full-width punctuation, emoji.
_symbols = re.compile("[!-/:-@\\[-`{-~\u2010-\u2bff\u3000-\u303f\uff01-\uff0f\U0001f000-\U0001faff]").findall
_runs = re.compile(r"[!-~]{40,}").findall


def symbols(
    conversation: Conversation,
    *,
    max_symbols: Annotated[
        float, Meta(ge=0, le=1, description="the largest share of symbols in the replies' characters")
    ] = 0.4,
    min_chars: Annotated[int, Meta(ge=0, description="replies with fewer characters are exempt")] = 50,
) -> Verdict:
    """Drops conversations whose replies hold too many symbols.

    The score is the share of symbols among all characters but white space. Letters and digits of any script
    are no symbols. Code is exempt, and short replies score 0.
    """
    text = without_code(replies(conversation)[0])
    solid = len("".join(text.split()))
    share = len(_symbols(text)) / solid if solid and solid >= min_chars else 0.0
    return judged(conversation, symbols=(share, None, max_symbols))


def long_words(
    conversation: Conversation,
    *,
    max_longest_word: Annotated[int, Meta(ge=1, description="the most characters of a word")] = 1000,
) -> Verdict:
    """Drops conversations with overlong words, such as base64.

    The score is the length of the longest run of visible ASCII characters in any message, or 0 if no run has
    40 characters. Scripts without spaces have no such runs.
    """
    longest = max(_runs(everything(conversation)), key=len, default="")
    verdict = judged(conversation, longest_word=(len(longest), None, max_longest_word))
    return quoting(verdict, lambda: longest)
