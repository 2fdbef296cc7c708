"""Finds replies that repeat themselves, as those of a model that got stuck.

The bounds of word runs are those of Gopher (Rae et al. 2021, arXiv 2112.11446, table A1): the most frequent
run of 2, 3 or 4 words may take 0.20, 0.18 or 0.16 of the characters. The other bounds are pitchpipe's own;
Gopher allows lines that came before 0.20 of the characters, this filter 0.3.
"""

from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.asked import REPEATED, VERSE, asks_for
from pitchpipe_components.text.prose import plain
from pitchpipe_components.text.quote import quoting
from pitchpipe_components.text.repeats import (
    NONE,
    is_verse,
    lowest_floor,
    may_reach,
    measure,
    most_repeated,
    repeats,
)

Share = Annotated[float, Meta(ge=0, le=1)]


def repetition(
    conversation: Conversation,
    *,
    max_equal_endings: Annotated[
        int, Meta(ge=1, description="the most times in a row that a reply may hold its ending")
    ] = 5,
    max_equal_sentences: Annotated[int, Meta(ge=1, description="the most equal sentences in a row")] = 3,
    max_equal_paragraphs: Annotated[
        int, Meta(ge=1, description="the most times that one paragraph may come")
    ] = 9,
    max_duplicate_lines: Annotated[
        Share, Meta(description="the largest share of characters in lines that came before")
    ] = 0.3,
    max_top_2gram: Annotated[Share, Meta(description="the largest share of one run of 2 words")] = 0.20,
    max_top_3gram: Annotated[Share, Meta(description="the largest share of one run of 3 words")] = 0.18,
    max_top_4gram: Annotated[Share, Meta(description="the largest share of one run of 4 words")] = 0.16,
    min_chars: Annotated[int, Meta(ge=1, description="shorter replies are exempt")] = 200,
    ngram_chars: Annotated[
        int, Meta(ge=1, description="in shorter replies word runs are not counted")
    ] = 1500,
) -> Verdict:
    """Drops conversations with a reply that repeats sentences, paragraphs, lines or words; the worst counts.

    Code, tables, lists and short replies are exempt: they repeat by nature. So are replies to a prompt that
    asks for repetition. Verse may repeat itself twice as much: its measures are halved. The share of a word
    run counts as 0 if it cannot reach 0.15, or the lowest of the three bounds if that is lower.
    """
    worst, suspects = NONE, []
    floor = lowest_floor(max_top_2gram, max_top_3gram, max_top_4gram)
    for message in conversation.messages:
        if message.role == "assistant" and len(message.content) >= min_chars:
            text = message.content.rstrip()
            if repeats(text) or (len(text) >= ngram_chars and may_reach(text.split(), floor)):
                suspects.append(plain(text).rstrip())
    measured = [(text, measure(text, min_chars, ngram_chars, floor)) for text in suspects]
    measured = [(text, found) for text, found in measured if found != NONE]
    if measured and not asks_for(REPEATED, conversation):
        verse = asks_for(VERSE, conversation)
        for text, found in measured:
            worst = worst.worse(found.halved() if verse or is_verse(text) else found)
    verdict = judged(
        conversation,
        equal_endings=(worst.ending, None, max_equal_endings),
        equal_sentences=(worst.in_a_row, None, max_equal_sentences),
        equal_paragraphs=(worst.paragraphs, None, max_equal_paragraphs),
        duplicate_lines=(worst.lines, None, max_duplicate_lines),
        top_2gram=(worst.top_2gram, None, max_top_2gram),
        top_3gram=(worst.top_3gram, None, max_top_3gram),
        top_4gram=(worst.top_4gram, None, max_top_4gram),
    )
    return quoting(verdict, lambda: _words(verdict, suspects))


def _words(verdict: Verdict, suspects: list[str]) -> str:
    """What is repeated, in the reply that holds it most often."""
    name = next(n for n, (score, _, most) in verdict.scores.items() if most is not None and score > most)
    found = [most_repeated(text, name) for text in suspects]
    return max(zip(found, suspects, strict=True), key=lambda pair: pair[1].count(pair[0]) * len(pair[0]))[0]
