"""The logits of learned tokens alone: those of all tokens of a large vocabulary are gigabytes.

A model's output layer is given the hidden states of these places only. All else is the model's own code, what
it does to its logits afterwards included. Models with which that does not work are found out and asked for
all logits, as ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import pitchpipe as pp

if TYPE_CHECKING:
    from torch import Tensor

TRIED = 8  # tokens
FLOATS = 1 << 24  # of 32 bits that are there at a time
FAR = 0.03  # of the largest logit: more than rounding, of bfloat16 too


class LearnedPlaces(NamedTuple):
    """Of each learned token of a batch: the logits that should say it, itself, and its row."""

    logits: "Tensor"
    tokens: "Tensor"
    rows: "Tensor"


class LearnedLogits:
    """Reads batches with a model."""

    def __init__(self, model: Any):
        self.model, self._narrow = model, True
        self._proven = False

    def __call__(self, batch: dict[str, Any]) -> LearnedPlaces:
        if not self._proven:
            self._narrow, self._proven = self._as_whole(batch["input_ids"][:1, :TRIED]), True
        return self._narrowed(batch) if self._narrow else self._whole(batch)

    def _as_whole(self, ids: "Tensor") -> bool:
        """Whether a few tokens' logits are those that all logits hold, in the same places."""
        tried = {"input_ids": ids, "attention_mask": ids.new_ones(ids.shape), "labels": ids[:, : TRIED // 2]}
        if not self.model.config.is_encoder_decoder:
            tried["labels"] = tried["input_ids"]
        whole = self._whole(tried).logits.float()
        try:
            found = self._narrowed(tried).logits.float()
        except (RuntimeError, ValueError, IndexError, TypeError):  # its code needs logits of a batch's shape
            return False
        apart = (whole - found).abs().max() if whole.shape == found.shape else whole.abs().max()
        return bool(apart <= FAR * whole.abs().max())

    def _narrowed(self, batch: dict[str, Any]) -> LearnedPlaces:
        given, wanted = self._asked(batch)
        rows, places = (wanted != pp.IGNORED).nonzero(as_tuple=True)
        with _only(self.model.get_output_embeddings(), wanted.shape[1], rows, places):
            logits = self.model(**given, use_cache=False).logits
        if logits.shape[:2] != (1, len(rows)):
            raise ValueError("the output layer is no part of its forward pass")
        return LearnedPlaces(logits[0], wanted[rows, places].to(logits.device), rows)

    def _whole(self, batch: dict[str, Any]) -> LearnedPlaces:
        given, wanted = self._asked(batch)
        rows, places = (wanted != pp.IGNORED).nonzero(as_tuple=True)
        logits = self.model(**given, use_cache=False).logits[:, -wanted.shape[1] :]  # as in `_only`
        at_places = logits[rows.to(logits.device), places.to(logits.device)]
        return LearnedPlaces(at_places, wanted[rows, places].to(logits.device), rows)

    def _asked(self, batch: dict[str, Any]) -> "tuple[dict[str, Any], Tensor]":
        """What the model is given, and for each place the token that it should say next."""
        labels = batch["labels"]
        given = {name: value for name, value in batch.items() if name != "labels"}
        if self.model.config.is_encoder_decoder:  # a decoder's place says its own token
            start = self.model.prepare_decoder_input_ids_from_labels(labels=labels)
            return {**given, "decoder_input_ids": start}, labels
        return given, _next(labels)


def _next(labels: "Tensor") -> "Tensor":
    shifted = labels.roll(-1, dims=1)
    shifted[:, -1] = pp.IGNORED
    return shifted


def summed(read: LearnedPlaces, rows: int) -> tuple[list[float], list[int]]:
    """The losses of each row added up, and how many they are: nothing predicts a row's first token. Few
    logits at a time become floats of 32 bits."""
    import torch

    at_once = max(1, FLOATS // read.logits.shape[-1])
    parts = zip(read.logits.split(at_once), read.tokens.split(at_once), strict=True)
    losses = [
        torch.nn.functional.cross_entropy(some.float(), right, reduction="none") for some, right in parts
    ]
    sums = torch.zeros(rows, dtype=torch.float64)
    sums.index_add_(0, read.rows.cpu(), torch.cat(losses).double().cpu())
    return sums.tolist(), torch.bincount(read.rows.cpu(), minlength=rows).tolist()


@contextmanager
def _only(head: Any, width: int, rows: "Tensor", places: "Tensor") -> Iterator[None]:
    """Meanwhile an output layer sees these places of the last `width`, as if they were one row. An adapter
    may have put tokens before them."""

    def narrowed(_: Any, given: Any) -> Any:
        hidden = given[0][:, -width:]
        return (hidden[rows.to(hidden.device), places.to(hidden.device)][None], *given[1:])

    hook = head.register_forward_pre_hook(narrowed)
    try:
        yield
    finally:
        hook.remove()
