"""Plain text, which nobody asked for: written as the tokenizer writes any document, and learned whole.

No chat template knows such text, so it needs none: bos where the tokenizer begins texts with it, the words,
and the token that ends a text. It can be cut between any two tokens.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.protocols import Bounded
from pitchpipe.records.conversation import Conversation, replace
from pitchpipe.records.example import Example
from pitchpipe.records.template import BOS, Piece
from pitchpipe_stages.render.taught import TaughtPart
from pitchpipe_stages.render.writing import Writings, Written

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

WINDOW = "window"  # meta of a part: the first of its tokens in the document, and the one behind its last


def is_document(conversation: Conversation) -> bool:
    """Is it plain text? Its format says so in meta."""
    messages = conversation.messages
    return (
        conversation.meta.get("plain") is True
        and len(messages) == 1
        and messages[0].role == "assistant"
        and not conversation.rejected
    )


def written_document(conversation: Conversation, end: str) -> Writings:
    """The text as one example. It teaches no reply, and its end is the end of a text."""
    words = conversation.messages[0].marked_words(True)
    last = words[-1][1]
    pieces = [Piece(BOS, words[0][1], True), *(Piece(*part) for part in words), Piece(end, last, True)]
    return Writings([Written(conversation, pieces, ())])


def prove_written(tokenizer: "PreTrainedTokenizerFast", part: TaughtPart) -> bool:
    """The words have the very ids that the tokenizer gives to a text. False where there is but a part."""
    if WINDOW in part.conversation.meta:
        return False
    text, seen = part.conversation.messages[0].content, list(part.example.ids)
    plain: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    whole: list[int] = tokenizer(text)["input_ids"]
    begins = whole[: whole.index(plain[0])] if plain and plain[0] in whole else []
    if seen[:-1] != [*begins, *plain]:
        raise PitchpipeError(
            f"{part.conversation.source}: the ids of training are not those of the text.\n"
            f"training: {tokenizer.decode(seen)!r}\nthe text: {tokenizer.decode(whole)!r}"
        )
    return True


def windows(part: TaughtPart, collator: Bounded, core: "Tokenizer") -> list[TaughtPart]:
    """What is left of a document that is too long: its beginning, its end, or all of it in several parts."""
    length, tokens = collator.length, len(part.example.ids)
    starts = {"cut_end": [0], "cut_start": [tokens - length], "split": range(0, tokens, length)}
    return list(_cut(part, starts.get(collator.too_long, ()), length, core))


def _cut(part: TaughtPart, starts: Sequence[int], length: int, core: "Tokenizer") -> Iterator[TaughtPart]:
    ids, labels = part.example.ids, part.example.labels
    whole = part.conversation
    for number, start in enumerate(starts, 1):
        span = slice(start, start + length)
        text = core.decode(list(ids[span]), skip_special_tokens=True)
        yield TaughtPart(
            replace(
                whole,
                messages=(replace(whole.messages[0], content=text, learn=None),),
                id=f"{whole.id}-{number}" if number > 1 else whole.id,
                meta={**whole.meta, WINDOW: [start, min(start + length, len(ids))]},
            ),
            Example(ids[span], labels[span]),
            (),
            {},
        )
