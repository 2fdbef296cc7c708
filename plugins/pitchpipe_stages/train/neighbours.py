"""Measures, on the batches of any collator, whether documents that share a row see each other.

Made-up documents, none of which has a token of another, are found again in the rows that a collator makes of
them. Each must be read there as in a batch of its own, and must not move when the others change. What a
collator says of itself is not asked.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Batch
from pitchpipe.host.protocols import Collator
from pitchpipe.records.example import Example

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

Make = Callable[[Sequence[Example], int], Batch]
Documents = dict[int, list[int]]
Places = dict[int, tuple[int, list[int]]]  # a document's row, and its places there
LENGTHS = (9, 7, 11)
# The most that logits may move and differ, as shares of the largest one: what rounding does in single
# precision, or in half precision and with quantised weights.
LIMITS = {"single": (1e-4, 1e-3), "half": (1e-2, 6e-2)}


@runtime_checkable
class PlansRows(Protocol):
    """A collator that plans rows of several documents, whether or not it offers a proof (`pp.Packing`)."""

    def plan(self, lengths: Sequence[int], seed: int, epoch: int, /) -> Sequence[list[int]]: ...
    def join(self, examples: Sequence[Example], pad: int, /) -> Batch: ...


@dataclass(frozen=True)
class MeasuredNeighbours:
    """How far its neighbours move a document's logits, and how far these are from the document's alone."""

    moved: float
    apart: float
    limits: tuple[float, float]

    @property
    def holds(self) -> bool:
        return self.moved <= self.limits[0] and self.apart <= self.limits[1]  # false of what is no number

    def facts(self) -> dict[str, str]:
        """What was measured on the batches of the collator itself, for the doctor."""
        words = "kept apart" if self.holds else "not kept apart, and the collator says so"
        numbers = f"moves by {self.moved:.1e}, differs by {self.apart:.1e}"
        return {"in the collator's own batches": f"{words}: {numbers}"}


def check(model: "PreTrainedModel", collator: Collator, pad: int) -> MeasuredNeighbours | None:
    """Stops if documents of a row see each other, unless the collator says that they may.

    None if no documents share a row.
    """
    if not shares_rows(maker(collator), pad):
        return None
    measured = measure(model, collator, pad)
    if measured.holds or may_meet(collator):
        return measured
    (moved, apart), (most_moved, most_apart) = (measured.moved, measured.apart), measured.limits
    raise PitchpipeError(
        f"the collator {_name(collator)} puts several documents in a row, and there they see each other: the"
        f" logits of a document move by {moved:.1e} of the largest when its neighbours change (limit"
        f" {most_moved:.0e}), and differ by {apart:.1e} from those of the document alone (limit"
        f" {most_apart:.0e}). Use the collator packed or padded. A collator whose documents are meant to see"
        " each other says so: shares_attention = True."
    )


def shares_rows(make: Make, pad: int) -> bool:
    """Whether several documents come into a row. No model is asked."""
    documents = _made_up(400, pad)
    rows = make(_examples(documents), pad)["input_ids"].tolist()
    return any(sum(not set(ids).isdisjoint(row) for ids in documents.values()) > 1 for row in rows)


def may_meet(collator: Collator) -> bool:
    """Whether a collator says itself that documents of a row see each other."""
    return bool(getattr(_own(collator), "shares_attention", False))


def maker(collator: Collator) -> Make:
    """How training makes a batch with this collator."""
    return collator.join if isinstance(collator, PlansRows) else collator


def measure(model: "PreTrainedModel", collator: Collator, pad: int) -> MeasuredNeighbours:
    """Both differences; the greatest of all documents."""
    make = maker(collator)
    documents = _made_up(model.config.get_text_config().vocab_size, pad)
    moved, apart, sizes = list[float](), list[float](), list[float]()
    with _quietly(model):
        together = _logits(model, make, pad, documents)
        for number, logits in together.items():
            alone = _logits(model, make, pad, {number: documents[number]})[number]
            others = {n: ids if n == number else ids[::-1] for n, ids in documents.items()}
            moved.append(_difference(logits, _logits(model, make, pad, others)[number]))
            apart.append(_difference(logits, alone))
            sizes.append(float(alone.abs().max()))
    size = _worst(sizes) or 1.0
    limits = LIMITS["single" if _is_single(model) else "half"]
    return MeasuredNeighbours(_worst(moved) / size, _worst(apart) / size, limits)


# --- Documents and their places -----------------------------------------------------------------


def _made_up(vocabulary: int, pad: int) -> Documents:
    """Ordinary tokens: those at the two ends of a vocabulary have meanings of their own."""
    chance = Random(0)
    tokens = [token for token in range(vocabulary // 4, vocabulary // 2) if token != pad]
    of_each = [tokens[number :: len(LENGTHS)] for number in range(len(LENGTHS))]
    return {
        number: [chance.choice(of_each[number]) for _ in range(size)] for number, size in enumerate(LENGTHS)
    }


def _examples(documents: Documents) -> list[Example]:
    return [Example(ids, ids) for ids in documents.values()]


def _places(batch: Batch, documents: Documents) -> Places:
    """Where each document stands; of one that was cut, its first part."""
    places: Places = {}
    for row, tokens in enumerate(batch["input_ids"].tolist()):
        for number, ids in documents.items():
            if at := [place for place, token in enumerate(tokens) if token in ids]:
                places.setdefault(number, (row, at))
    return places


def _name(collator: Collator) -> str:
    return getattr(_own(collator), "__name__", type(collator).__name__)


def _own(collator: Collator) -> Any:
    """A function itself, without the options that are bound to it."""
    return getattr(collator, "func", collator)


# --- Numbers of the model -----------------------------------------------------------------------


def _logits(
    model: "PreTrainedModel", make: Make, pad: int, documents: Documents
) -> "dict[int, torch.Tensor]":
    """The logits of each document that the batch holds, in single precision."""
    import torch

    batch, device = make(_examples(documents), pad), _device(model)
    inputs = {key: value for key, value in batch.items() if key != "labels"}
    for key, value in inputs.items():
        inputs[key] = value.to(device) if isinstance(value, torch.Tensor) else value
    logits = model(**{"use_cache": False, **inputs}).logits.float()
    return {number: logits[row, at] for number, (row, at) in _places(batch, documents).items()}


def _difference(one: "torch.Tensor", other: "torch.Tensor") -> float:
    """A document that was cut in one of the rows is compared as far as it goes."""
    length = min(len(one), len(other))
    return float((one[:length] - other[:length]).abs().max())


def _worst(differences: list[float]) -> float:
    """The greatest; one that is no number is worse than any."""
    return next((one for one in differences if one != one), max(differences, default=float("inf")))


def _device(model: "PreTrainedModel") -> "torch.device":
    device: torch.device = cast(Any, model.get_input_embeddings()).weight.device
    return device


def _is_single(model: "PreTrainedModel") -> bool:
    import torch

    kinds = {parameter.dtype for parameter in model.parameters()}
    exact = kinds <= {torch.float32, torch.float64} and not getattr(model, "is_quantized", False)
    return exact and not torch.is_autocast_enabled(_device(model).type)


@contextmanager
def _quietly(model: "PreTrainedModel") -> Iterator[None]:
    """Evaluation without gradients: dropout would move the numbers."""
    import torch

    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(training)
