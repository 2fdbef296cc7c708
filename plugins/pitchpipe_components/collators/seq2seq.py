"""Parts each example where its reply begins: an encoder reads the prompt, a decoder writes the reply."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from pitchpipe import IGNORED, Example, TooLong

Positive = Annotated[int, Meta(ge=1)]


@dataclass(frozen=True)
class Seq2seq:
    """For encoder-decoder models, such as T5: prompts and replies, padded to the longest of the batch.

    Each reply of a chat is an example of its own, with all that was said before as its prompt.
    """

    encoder_decoder: ClassVar = True  # examples have one reply, and the prompt ends where it begins
    length: Annotated[Positive, Meta(description="the most tokens of a prompt and its reply together")] = 1024
    too_long: TooLong = "drop"
    multiple_of: Annotated[Positive, Meta(description="both are padded to a multiple of this")] = 8

    def __call__(self, examples: Sequence[Example], pad: int) -> dict[str, Any]:
        prompts, replies = zip(*map(_parted, examples), strict=True)
        return {
            "input_ids": self._filled(prompts, pad),
            "attention_mask": self._filled([[1] * len(prompt) for prompt in prompts], 0),
            "labels": self._filled(replies, IGNORED),
        }

    def _filled(self, rows: Iterable[Sequence[int]], filling: int) -> Any:
        import torch

        rows = list(rows)
        width = -(-max(map(len, rows)) // self.multiple_of) * self.multiple_of
        return torch.tensor([[*row, *[filling] * (width - len(row))] for row in rows], dtype=torch.long)


def _parted(example: Example) -> tuple[Sequence[int], Sequence[int]]:
    """The prompt's ids, and the reply's labels."""
    labels = list(example.labels)
    begin = next((at for at, label in enumerate(labels) if label != IGNORED), len(labels))
    return example.ids[:begin], labels[begin:]
