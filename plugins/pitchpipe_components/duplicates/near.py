"""Texts that are nearly the same: MinHash finds them, their shingles decide."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pitchpipe import Conversation
from pitchpipe_components.text.words import Of, text_of

if TYPE_CHECKING:
    from pitchpipe import Related, Sketches

_SURE = 0.9  # the least chance to find a pair that is just alike enough


@dataclass(frozen=True)
class NearDuplicates:
    """Drop what shares most of its word n-grams with a conversation that stays.

    Rows are taken by preference (`keep`); one goes if its Jaccard similarity to a kept one is at least
    `threshold`. MinHash only proposes pairs: each is then measured on all its n-grams. Punctuation and
    capitals do not count; of texts under 8 words only those that say exactly the same are alike.
    """

    threshold: Annotated[
        float, Meta(ge=0.3, le=1, description="Jaccard similarity from which on a row goes")
    ] = 0.7
    ngram: Annotated[int, Meta(ge=1, le=20, description="words in one shingle")] = 5
    of: Annotated[Of, Meta(description="what is compared")] = "conversation"
    keep: Annotated[
        Literal["first", "longest", "best"],
        Meta(description="which of alike rows stays: with the longest replies, or the best score (`by`)"),
    ] = "first"
    by: Annotated[str, Meta(description="with `keep: best`, the field of the row that holds its score")] = ""
    bands: Annotated[int, Meta(ge=1, le=200, description="MinHash bands; more find more pairs")] = 24
    rows: Annotated[int, Meta(ge=1, le=20, description="MinHash values in a band; more find fewer")] = 5
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
        """What speaks for keeping a row, its band hashes and its shingles; nothing where nothing is said."""
        from pitchpipe_components.duplicates.minhash import MinHash

        texts = [text_of(conversation, self.of) for conversation in conversations]
        ranks = [self._rank(conversation) for conversation in conversations]
        return MinHash(self.ngram, self.bands, self.rows, self.seed).sketches(texts, ranks)

    def compare(self, sketches: "Sketches") -> "Related":
        from pitchpipe_components.duplicates.alike import less_preferred

        return less_preferred("near duplicate", sketches, self.bands, self.threshold)

    def _rank(self, conversation: Conversation) -> float:
        """The higher, the rather it is kept; of equals, the first."""
        if self.keep == "longest":
            return float(sum(map(len, conversation.replies())))
        return _number(conversation.meta.get(self.by)) if self.keep == "best" else 0.0


def _number(value: Any) -> float:
    """A score; what is none is worth less than any."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return float("-inf")
    return number if number == number else float("-inf")
