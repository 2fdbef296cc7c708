"""Proofs on the first batch that a trainer is given, whatever collator made it and whoever trains.

What was prepared stands in it and nothing else is learned: each learned token in its place, padding neither
seen nor learned, one beginning and one end. A batch that fails stops the run, with the row's file and line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Batch
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.example import IGNORED, Example
from pitchpipe_stages.console import shortened
from pitchpipe_stages.prepare.examples import PreparedExamples
from pitchpipe_stages.train import sides

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor
    from transformers import PreTrainedTokenizerFast

SHOWN = 100  # characters of a reply
PLACE = 4  # bytes of an id


@dataclass
class Proven:
    """What was found in a batch."""

    examples: int = 0
    replies: int = 0  # stretches of learned tokens
    exact: int = 0  # of them, those that say a reply of their conversation to the letter
    ended: int = 0  # of them, those that end in a token that ends replies
    padding: int = 0  # places
    elsewhere: int = 0  # examples that do not stand in the batch as they were prepared
    sample: str = ""

    def __str__(self) -> str:
        said = f"{self.exact} of {self.replies} replies learned to the letter, {self.ended} with their end"
        if self.exact == self.ended == self.replies:
            said = f"{self.replies} replies learned to the letter with their ends"
        return f"{said}; {self.padding} places of padding neither seen nor learned"

    def facts(self) -> dict[str, str]:
        """For the doctor."""
        told = {
            "first batch": f"{self.examples} examples, {self.padding} places of padding",
            "learned": str(self).partition(";")[0],
            "a reply": shortened(self.sample, SHOWN),
        }
        if self.elsewhere:
            told["not proven"] = f"{self.elsewhere} examples that the collator has changed"
        return told


@dataclass
class FirstBatch:
    """Proves a batch of training examples."""

    tokenizer: "PreTrainedTokenizerFast"
    stops: Sequence[int]
    train: PreparedExamples
    found: Proven = field(default_factory=Proven)

    def prove(self, batch: Batch, numbers: Sequence[int], examples: Sequence[Example]) -> Proven:
        """Stop where the batch is not what was prepared."""
        self.found.examples = len(examples)
        for number, example in zip(numbers, examples, strict=True):
            self._one_beginning_and_end(number, example)
        self._as_prepared(batch, numbers, examples)
        for example, conversation in zip(examples, self.train.taken(numbers), strict=True):
            self._read(example, conversation)
        return self.found

    def _one_beginning_and_end(self, number: int, example: Example) -> None:
        ids, labels, bos = list(example.ids), list(example.labels), self.tokenizer.bos_token_id
        if bos is not None and ids[:2] == [bos, bos]:
            self._fail(number, f"the row begins twice, with two {self.tokenizer.bos_token}")
        learned = [label for label in labels if label != IGNORED]
        if not learned:
            return
        if learned[-2:] == [learned[-1]] * 2 and learned[-1] in self.stops:
            name = self.tokenizer.convert_ids_to_tokens(learned[-1])
            self._fail(number, f"the reply ends twice, with two {name}")
        if wrong := next((at for at, label in enumerate(labels) if label not in (IGNORED, ids[at])), None):
            self._fail(number, f"its label at {wrong} is not the token that stands there")

    def _as_prepared(self, batch: Batch, numbers: Sequence[int], examples: Sequence[Example]) -> None:
        ids, labels, seen = batch["input_ids"], batch.get("labels"), batch.get("attention_mask")
        if labels is None or self._parted(ids, labels, seen, numbers, examples):
            self.found.elsewhere = len(examples) if labels is None else 0
            return
        if labels.shape != ids.shape:
            self.found.elsewhere = len(examples)
            return
        rows = _Rows(ids.numpy())
        for number, example in zip(numbers, examples, strict=True):
            place = rows.take(example.ids)
            if place is None:
                self.found.elsewhere += 1
                continue
            given = labels[place].tolist()
            if not _same_labels(given, list(example.labels)):
                self._fail(number, "the batch teaches other tokens of it than were prepared")
            if seen is not None and seen.shape == ids.shape and not bool((seen[place] != 0).all()):
                self._fail(number, "some of its tokens are hidden from the model")
        if not self.found.elsewhere:
            self._padding(rows.left, labels.numpy(), seen.numpy() if seen is not None else None)

    def _parted(
        self,
        ids: "Tensor",
        labels: "Tensor",
        seen: "Tensor | None",
        numbers: Sequence[int],
        examples: Sequence[Example],
    ) -> bool:
        """Whether the batch is one for an encoder and a decoder; proven, if it is."""
        if not len(ids) == len(labels) == len(examples):
            return False
        found = [sides.wrong_in(row, one, ids, labels, seen) for row, one in enumerate(examples)]
        if None in found:
            return False
        for number, wrong in zip(numbers, found, strict=True):
            if wrong:
                self._fail(number, wrong)
        self.found.padding = sides.padding(examples, ids, labels)
        return True

    def _padding(
        self, left: "NDArray[np.bool_]", labels: "NDArray[np.int64]", seen: "NDArray[np.int64] | None"
    ) -> None:
        self.found.padding = int(left.sum())
        if (labels[left] != IGNORED).any():
            raise PitchpipeError("the collator's first batch teaches padding: labels there must be IGNORED")
        if seen is not None and seen.shape == left.shape and (seen[left] != 0).any():
            raise PitchpipeError(
                "the model would see the padding of the first batch: attention_mask is not 0"
            )

    def _read(self, example: Example, conversation: Conversation) -> None:
        """What is learned, in words, beside what the conversation says."""
        replies = {reply.strip() for reply in conversation.replies()}
        replies |= {conversation.rejected.content.strip()} if conversation.rejected else set()
        marked = groupby(zip(example.ids, example.labels, strict=True), key=lambda pair: pair[1] != IGNORED)
        for stretch in ([int(token) for token, _ in pairs] for learned, pairs in marked if learned):
            ended = stretch[-1] in self.stops
            words = self._words(stretch[:-1] if ended else stretch)
            self.found.replies += 1
            self.found.ended += ended
            self.found.exact += words.removeprefix(self.tokenizer.bos_token or "").strip() in replies
            self.found.sample = self.found.sample or self._words(stretch)

    def _words(self, ids: list[int]) -> str:
        return str(self.tokenizer.decode(ids, skip_special_tokens=False))

    def _fail(self, number: int, why: str) -> None:
        raise PitchpipeError(
            f"{self.train.where([number])[0]}: {why}. So the first batch of training would be wrong: look at"
            " the recipe's collator, and at its template (`pitchpipe peek`)."
        )


class _Rows:
    """The rows of a batch, in which examples are found."""

    def __init__(self, ids: "NDArray[np.int64]"):
        self._rows = [row.astype(np.int32).tobytes() for row in ids]
        self.left = np.ones(ids.shape, bool)

    def take(self, ids: Sequence[int]) -> "tuple[int, slice] | None":
        """The place of an example that is not yet found for another one."""
        wanted = np.asarray(ids, np.int32).tobytes()
        for number, row in enumerate(self._rows):
            start = row.find(wanted)
            while start >= 0:
                place = slice(start // PLACE, start // PLACE + len(ids))
                if start % PLACE == 0 and self.left[number, place].all():
                    self.left[number, place] = False
                    return number, place
                start = row.find(wanted, start + 1)
        return None


def _same_labels(given: list[int], prepared: list[int]) -> bool:
    """The first token of a row follows none: whether it has a label says nothing."""
    return given[1:] == prepared[1:] and given[0] in (IGNORED, prepared[0])
