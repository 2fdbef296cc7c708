"""Finds prompts that say little new: an earlier one, or one of a pool, has most of their words."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pitchpipe import Conversation, Verdict, judged, replace
from pitchpipe_components.text.spoken import first_prompt
from pitchpipe_components.text.words import text_of

if TYPE_CHECKING:
    from pitchpipe_components.novelty.near import NoveltyIndex

_BELOW = 0.1  # what is less alike than the bound by more than this is not measured


@dataclass(frozen=True)
class Novelty:
    """Keeps conversations whose prompt is unlike that of each earlier one that it kept, and of a pool.

    The score is the similarity to the nearest of them; one that is more than 0.1 below the bound counts as 0.
    Every pair is decided as if all pairs were compared. Rows of one group, such as evolutions of one
    instruction, may be alike.
    """

    by: Annotated[
        Literal["rouge_l", "jaccard", "cosine"],
        Meta(
            description="what is compared: the words in their order (ROUGE-L), the sets of words, or vectors"
        ),
    ] = "rouge_l"
    max_similarity: Annotated[
        float, Meta(gt=0, lt=1, description="the most similarity to the nearest prompt")
    ] = 0.7
    against: Annotated[
        tuple[Path, ...], Meta(description="files of prompts that count as earlier ones, as the seed tasks")
    ] = ()
    of: Annotated[
        Literal["prompt", "instruction"],
        Meta(description="all before the first reply, or the first user message without its context"),
    ] = "prompt"
    families: Annotated[bool, Meta(description="rows of one group may be alike")] = True
    embedder: Annotated[
        Any,
        Meta(
            description="with `by: cosine`, the component that turns texts into vectors, as `hashed`",
            extra_json_schema={"x-component": "embedder"},
        ),
    ] = None

    def __post_init__(self) -> None:
        if (self.by == "cosine") != (self.embedder is not None):
            raise ValueError("`by: cosine` and an `embedder` go together: `{by: cosine, embedder: hashed}`")
        for path in self.against:
            if not path.is_file():
                raise ValueError(f"`against` names {path}, and there is no such file")

    def __call__(self, conversation: Conversation) -> Verdict:
        text = first_prompt(conversation) if self.of == "instruction" else text_of(conversation, "prompt")
        family = conversation.group if self.families else ""
        near = self._earlier.index.nearest(text, but=self._earlier.families[family] if family else ())
        verdict = judged(conversation, similarity=(near.score if near else 0.0, None, self.max_similarity))
        if near and near.score > self.max_similarity:
            return replace(verdict, like=self._earlier.places[near.index])
        self._earlier.add(text, str(conversation.source), family)
        return verdict

    @cached_property
    def _earlier(self) -> "_Earlier":
        """The prompts of the pool at first, and then those of rows that stay."""
        from pitchpipe_components.files.instructions import instructions_of
        from pitchpipe_components.novelty.limit import NoveltyLimit

        measured = max(self.max_similarity - _BELOW, self.max_similarity / 2)
        earlier = _Earlier(NoveltyLimit(**{self.by: measured}).index(self.embedder))
        for path in self.against:
            for line, text in instructions_of(path):
                earlier.add(text, f"{path.name}:{line}")
        return earlier


class _Earlier:
    """Prompts that a later one must not repeat, where each stands, and which are of one family."""

    def __init__(self, index: "NoveltyIndex"):
        self.index = index
        self.places: list[str] = []
        self.families: dict[str, set[int]] = defaultdict(set)

    def add(self, text: str, place: str, family: str = "") -> None:
        if family:
            self.families[family].add(len(self.places))
        self.index.add(text)
        self.places.append(place)
