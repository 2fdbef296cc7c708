"""Texts that mean nearly the same: rows whose vectors point the same way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from pitchpipe import Conversation
from pitchpipe_components.text.words import Of, text_of

if TYPE_CHECKING:
    from pitchpipe import Related, Sketches


@dataclass(frozen=True)
class SemanticDuplicates:
    """Drop what lies closer than `threshold` to an earlier conversation that stays.

    All kept rows are compared, which is exact and takes time that grows with the square of the rows.
    """

    threshold: Annotated[
        float, Meta(gt=0, le=1, description="cosine similarity from which on a row goes")
    ] = 0.95
    of: Annotated[Of, Meta(description="what is compared")] = "prompt"
    embedder: Annotated[
        Any,
        Meta(description="what makes vectors of texts", extra_json_schema={"x-component": "embedder"}),
    ] = "hashed"

    def sketch(self, conversations: list[Conversation]) -> list[bytes]:
        """The vector of each text, as float16; nothing where nothing is said."""
        import numpy as np

        texts = [text_of(conversation, self.of) for conversation in conversations]
        said = [text for text in texts if text]
        vectors = iter(np.asarray(self._embed(said), np.float16) if said else ())
        return [next(vectors).tobytes() if text else b"" for text in texts]

    def compare(self, sketches: "Sketches") -> "Related":
        from pitchpipe_components.duplicates.vectors import near_earlier

        return near_earlier("semantic duplicate", sketches, self.threshold)

    @property
    def _embed(self) -> Callable[[list[str]], Any]:
        """The recipe's embedder; the default is built in."""
        from pitchpipe_components.embedders.hashed import hashed

        return hashed if self.embedder == "hashed" else self.embedder
