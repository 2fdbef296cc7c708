"""Finds texts that mean nearly the same: their vectors point in nearly the same direction."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from pitchpipe import Conversation
from pitchpipe_components.text.words import Of, text_of

if TYPE_CHECKING:
    from pitchpipe import Related, Sketches


@dataclass(frozen=True)
class SemanticDuplicates:
    """Drops conversations whose cosine similarity to an earlier one that stays is at least `threshold`.

    Each row is compared with all kept rows. That is exact, and its time grows with the square of the rows.
    """

    threshold: Annotated[float, Meta(gt=0, le=1, description="the least cosine of duplicates")] = 0.95
    of: Annotated[Of, Meta(description="the text to compare")] = "prompt"
    embedder: Annotated[
        Any,
        Meta(
            description="the component that turns texts into vectors",
            extra_json_schema={"x-component": "embedder"},
        ),
    ] = "hashed"

    def sketch(self, conversations: list[Conversation]) -> list[bytes]:
        """Returns the vector of each text as float16; an empty sketch if there is no text."""
        import numpy as np

        texts = [text_of(conversation, self.of) for conversation in conversations]
        present = [text for text in texts if text]
        vectors = iter(np.asarray(self.embedder(present), np.float16) if present else ())
        return [next(vectors).tobytes() if text else b"" for text in texts]

    def compare(self, sketches: "Sketches") -> "Related":
        from pitchpipe_components.duplicates.vectors import near_earlier

        return near_earlier("semantic duplicate", sketches, self.threshold)
