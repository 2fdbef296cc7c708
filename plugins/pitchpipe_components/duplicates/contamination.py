"""Training data that holds what a model will be asked: found by the n-grams of the evaluation sets."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from msgspec import Meta

from pitchpipe import Conversation, Drop, Verdict, drop, judged
from pitchpipe_components.text.words import plain

if TYPE_CHECKING:
    from pitchpipe_components.duplicates.evaluation_sets import EvaluationSets


@dataclass(frozen=True)
class Decontaminate:
    """Drop conversations that hold much of an evaluation item, or a long run of its words.

    Of each item its n-grams of words are looked for. The coverage is the share of the item's words that
    stand in n-grams of the conversation; the run is the longest row of words that both have.
    """

    parallel: ClassVar[bool] = True  # what it keeps is made of the sets alone

    sets: Annotated[
        dict[str, Path],
        Meta(min_length=1, description="evaluation sets: a name and a file of rows for each"),
    ]
    fields: Annotated[
        tuple[str, ...],
        Meta(description="the fields of their rows to look for; left out, every text of enough words"),
    ] = ()
    ngram: Annotated[int, Meta(ge=4, le=50, description="as many words in a row count as one match")] = 8
    max_coverage: Annotated[
        float, Meta(ge=0, le=1, description="the share of an item's words that a conversation may hold")
    ] = 0.5
    max_run: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="as many words in a row may be those of an item; null: any number"),
    ] = 12

    def __post_init__(self) -> None:
        for name, path in self.sets.items():
            if not path.is_file():
                raise ValueError(f"no file {path} for the evaluation set '{name}'; each set is one file")
        if self.max_run is not None and self.max_run < self.ngram - 1:
            raise ValueError(
                f"max_run {self.max_run}: runs shorter than ngram ({self.ngram}) are not seen; "
                f"let max_run be {self.ngram - 1} or more"
            )

    def __call__(self, conversation: Conversation) -> Verdict | Drop:
        words = plain(_text(conversation)).split()
        found = self._index.find(words) if self._index.may_hold(words) else ()
        coverage, run = 0.0, 0
        for item, covered, longest in found:
            if covered > self.max_coverage:
                return drop(f"contaminated by {item}", score=covered, limit=self.max_coverage)
            if self.max_run is not None and longest > self.max_run:
                reason = f"contaminated by {item}, words in a row"
                return drop(reason, score=longest, limit=self.max_run)
            coverage, run = max(coverage, covered), max(run, longest)
        return judged(
            conversation, coverage=(coverage, None, self.max_coverage), run=(run, None, self.max_run)
        )

    @cached_property
    def _index(self) -> "EvaluationSets":
        """Built when the first conversation comes, once in each process."""
        from pitchpipe_components.duplicates.evaluation_sets import EvaluationSets

        return EvaluationSets(self.sets, self.fields, self.ngram)

    def __getstate__(self) -> dict[str, Any]:
        """Another process builds its own index: that is faster than sending it."""
        return {name: value for name, value in self.__dict__.items() if name != "_index"}


def _text(conversation: Conversation) -> str:
    """Everything that is said, asked or shown."""
    said: list[str] = []
    for message in conversation.messages:
        said += message.content, message.context, message.reasoning
    return "\n".join(said)
