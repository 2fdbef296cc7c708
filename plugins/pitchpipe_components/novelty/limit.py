"""How new a text must be, as a recipe says it: `{rouge_l: 0.7}`, `{jaccard: 0.7}` or `{cosine: 0.9}`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

if TYPE_CHECKING:
    from pitchpipe_components.novelty.near import NoveltyIndex

Limit = Annotated[float, Meta(gt=0, le=1)] | None
RougeLimit = Annotated[Limit, Meta(description="the most ROUGE-L: the words that two share in one order")]
JaccardLimit = Annotated[Limit, Meta(description="the most Jaccard similarity of two sets of words")]
CosineLimit = Annotated[Limit, Meta(description="the most cosine of the vectors of `embedder`")]


@dataclass(frozen=True)
class NoveltyLimit:
    """One limit, by the name of its measure: what is above it is too near. At 1 only equal texts are."""

    rouge_l: RougeLimit = None
    jaccard: JaccardLimit = None
    cosine: CosineLimit = None

    def __post_init__(self) -> None:
        if sum(limit is not None for limit in (self.rouge_l, self.jaccard, self.cosine)) != 1:
            raise ValueError("one limit of `rouge_l`, `jaccard` and `cosine` decides: name just one")

    @property
    def name(self) -> str:
        return next(name for name in ("rouge_l", "jaccard", "cosine") if getattr(self, name) is not None)

    def index(self, embedder: Callable[[list[str]], Any] | None = None) -> "NoveltyIndex":
        """An empty index. Only `cosine` needs the embedder."""
        if self.cosine is not None:
            from pitchpipe_components.novelty.embedded import Embedded

            if embedder is None:
                raise ValueError("the limit `cosine` needs an `embedder`")
            return Embedded(embedder, self.cosine)
        from pitchpipe_components.novelty.shared import jaccard, rouge_l

        return jaccard(self.jaccard) if self.jaccard is not None else rouge_l(self.rouge_l or 0)
