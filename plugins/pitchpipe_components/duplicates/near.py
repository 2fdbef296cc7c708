"""Finds texts that are nearly the same: MinHash proposes pairs, their shingles decide."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pitchpipe import Conversation
from pitchpipe_components.text.words import Of, asked_and_said

if TYPE_CHECKING:
    from pitchpipe import Related, Sketches

_SURE = 0.9  # the least chance to find a pair whose similarity is just `threshold`


@dataclass(frozen=True)
class NearDuplicates:
    """Drops conversations that share most of their word n-grams with a conversation that stays.

    The filter takes conversations in order of preference (`keep`), and drops one if its Jaccard similarity to
    a kept one is at least `threshold`. MinHash only proposes pairs: each pair is then measured on all its
    n-grams. Case and punctuation do not count. Texts under 8 words must be equal to be duplicates. The words
    of the replies must be alike too, and those of the prompts that are not shared by rows with other replies.
    """

    threshold: Annotated[
        float, Meta(ge=0.3, le=1, description="the least Jaccard similarity of duplicates")
    ] = 0.7
    ngram: Annotated[int, Meta(ge=1, le=20, description="words in one shingle")] = 5
    of: Annotated[Of, Meta(description="the text to compare")] = "conversation"
    keep: Annotated[
        Literal["first", "longest", "best"],
        Meta(description="which duplicate stays: the first, the longest replies, or the best score (`by`)"),
    ] = "first"
    by: Annotated[str, Meta(description="with `keep: best`, the field of the row that holds its score")] = ""
    bands: Annotated[int, Meta(ge=1, le=200, description="MinHash bands; more find more pairs")] = 24
    rows: Annotated[int, Meta(ge=1, le=20, description="MinHash values in a band; more find fewer pairs")] = 5
    seed: Annotated[int, Meta(ge=0, lt=2**32, description="chooses the hash functions")] = 1

    def __post_init__(self) -> None:
        if (self.keep == "best") != bool(self.by):
            raise ValueError("`keep: best` and `by: FIELD` go together: FIELD holds each row's score")
        chance = 1 - (1 - self.threshold**self.rows) ** self.bands
        if chance < _SURE:
            raise ValueError(
                f"{self.bands} bands of {self.rows} rows find only {chance:.0%} of the pairs that are "
                f"{self.threshold} alike; take more bands or fewer rows"
            )

    def sketch(self, conversations: list[Conversation]) -> list[bytes]:
        """Returns each conversation's rank, band hashes and shingles; an empty sketch if it has no text."""
        from pitchpipe_components.duplicates.minhash import MinHash

        texts = [asked_and_said(conversation, self.of) for conversation in conversations]
        ranks = [self._rank(conversation) for conversation in conversations]
        return MinHash(self.bands, self.rows, self.seed).sketches(texts, ranks, self.ngram, self.of)

    def compare(self, sketches: "Sketches") -> "Related":
        from pitchpipe_components.duplicates.alike import less_preferred

        return less_preferred("near duplicate", sketches, self.bands, self.threshold, self.of)

    def _rank(self, conversation: Conversation) -> float:
        """Returns the preference to keep a conversation; of equal ranks, the first stays."""
        if self.keep == "longest":
            return float(sum(map(len, conversation.replies())))
        return _number(conversation.meta.get(self.by)) if self.keep == "best" else 0.0


def _number(value: Any) -> float:
    """Reads a score; a value that is no number ranks below all numbers."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return float("-inf")
    return number if number == number else float("-inf")
