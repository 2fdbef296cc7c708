"""Ends an answer where it says certain words, such as the question that would come next."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedTokenizerFast

MORE = 2  # tokens: a model may write the words in others than the tokenizer


class Until:
    """Tells Transformers which answers of a batch have said one of some words. They begin at `start`."""

    def __init__(self, tokenizer: "PreTrainedTokenizerFast", words: Sequence[str], start: int):
        self.tokenizer, self.words, self.start = tokenizer, words, start
        each = tokenizer(list(words), add_special_tokens=False)["input_ids"]
        self.most = max(map(len, each)) + MORE
        self.done: list[bool] = []

    def __call__(self, ids: "Tensor", scores: object, **_: object) -> "Tensor":
        import torch

        self.done = self.done or [False] * len(ids)
        going = [row for row, done in enumerate(self.done) if not done]
        last = self.tokenizer.batch_decode(ids[going, self.start :][:, -self.most :])
        for row, text in zip(going, last, strict=True):
            self.done[row] = any(words in text for words in self.words)
        return torch.tensor(self.done, device=ids.device)


def before_any(text: str, words: Sequence[str]) -> str:
    """A text up to the first of some words."""
    for each in words:
        text = text.partition(each)[0] if each else text
    return text
