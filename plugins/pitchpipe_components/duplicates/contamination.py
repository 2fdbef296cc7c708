"""Finds training data that holds items of evaluation sets, by their n-grams.

The coverage is the measure of Tülu 3 (Lambert et al. 2024, arXiv 2411.15124), which also matches 8-grams. The
default `max_run` drops 13 words in a row: GPT-3 searched for overlaps of 13-grams (Brown et al. 2020, arXiv
2005.14165).
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from msgspec import Meta

from pitchpipe import Conversation, Drop, Verdict, drop, judged
from pitchpipe_components.text.words import plain

if TYPE_CHECKING:
    from pitchpipe_components.duplicates.evaluation_sets import EvaluationSets


MANY = 3  # items that have the same words by chance, or of which two say the same


@dataclass(frozen=True)
class Decontaminate:
    """Drops conversations that hold much of an evaluation item, or a long run of its words.

    The filter searches each conversation for the word n-grams of each item. The coverage is the share of the
    item's words in n-grams that both hold; the run is the longest row of words that both hold.
    """

    parallel: ClassVar[bool] = True  # its state depends only on the evaluation sets

    sets: Annotated[
        dict[str, Path],
        Meta(min_length=1, description="evaluation sets: a name and a file of rows for each"),
    ]
    fields: Annotated[
        tuple[str, ...],
        Meta(description="the fields of their rows to search for; by default every text of enough words"),
    ] = ()
    ngram: Annotated[int, Meta(ge=4, le=50, description="how many words in a row make a match")] = 8
    max_coverage: Annotated[
        float, Meta(ge=0, le=1, description="the largest share of an item's words in a conversation")
    ] = 0.5
    max_run: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="the most words in a row that may be an item's; null: any number"),
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
        matches = self._index.find(words) if self._index.may_hold(words) else ()
        coverage, run = 0.0, 0
        for item, covered, longest, _ in matches:
            if covered > self.max_coverage:
                return drop(f"contaminated by {item}", score=covered, limit=self.max_coverage)
            if self.max_run is not None and longest > self.max_run:
                reason = f"contaminated by {item}, words in a row"
                return drop(reason, score=longest, limit=self.max_run)
            coverage, run = max(coverage, covered), max(run, longest)
        return judged(
            conversation, coverage=(coverage, None, self.max_coverage), run=(run, None, self.max_run)
        )

    def items_in(self, conversation: Conversation) -> Iterator[tuple[int, float]]:
        """Yields the line of each item that a conversation holds too much of, and its coverage: of its own
        words, so that no frame counts that several items share."""
        words = plain(_text(conversation)).split()
        for found in self._unframed.find(words) if self._unframed.may_hold(words) else ():
            if found.covered > self.max_coverage:
                yield found.line, found.covered

    @cached_property
    def _unframed(self) -> "EvaluationSets":
        from pitchpipe_components.duplicates.evaluation_sets import EvaluationSets

        return EvaluationSets(self.sets, self.fields, self.ngram, MANY)

    @cached_property
    def _index(self) -> "EvaluationSets":
        """The index, which each process builds once, at its first conversation."""
        from pitchpipe_components.duplicates.evaluation_sets import EvaluationSets

        return EvaluationSets(self.sets, self.fields, self.ngram)

    def __getstate__(self) -> dict[str, Any]:
        """Leaves the index out: another process builds its own faster than it could receive this one."""
        return {name: value for name, value in self.__dict__.items() if name not in ("_index", "_unframed")}


def _text(conversation: Conversation) -> str:
    """Joins all that is said, thought and called, in a rejected reply too."""
    texts: list[str] = []
    rejected = conversation.rejected
    for message in (*conversation.messages, rejected) if rejected else conversation.messages:
        texts += message.content, message.context, message.reasoning
        if message.tool_calls:
            texts += _strings(message.tool_calls)
    return "\n".join(texts)


def _strings(value: Any) -> Iterator[str]:
    """Yields the texts in a value, at any depth. Arguments of calls are objects, or such written as JSON."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)
