"""What a learner asks of an objective: the loss of a batch, as its share of the step, and numbers to log."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from torch import Tensor

import pitchpipe as pp
from pitchpipe_components.trainers.loss.batch import Batch
from pitchpipe_components.trainers.tally import Notes

if TYPE_CHECKING:
    from pitchpipe_components.trainers.learner import Learner


@dataclass(frozen=True)
class BatchLoss:
    """Of a batch: its share of the step's loss, and numbers to log."""

    loss: Tensor
    notes: Notes
    tokens: int  # that were learned
    aux_loss: Tensor | None = None  # what routers of experts add


class Objective(Protocol):
    """What is learned. `whole` is what a batch has to know of all batches of its step, in all processes."""

    notes: tuple[str, ...]  # the names of its numbers
    guess: float  # the loss of a model that knows nothing; infinite where that is unknown
    still: bool  # dropout is off
    stands: bool  # a step without a gradient is nothing strange

    def attach(self, learner: "Learner") -> None: ...  # its model is on its device
    def begin(self, learner: "Learner", tick: Any) -> None: ...  # before the first step, or where it goes on
    def tell(self, console: pp.Console) -> None: ...
    def whole(self, batches: list[Batch], training: bool) -> Any: ...  # in all processes at once
    def __call__(self, model: Any, batch: Batch, whole: Any) -> BatchLoss: ...
    def told(self, means: dict[str, float]) -> dict[str, float]: ...  # what is logged of the means of notes


@runtime_checkable
class MakesBatches(Protocol):
    """An objective that makes the batches of a step itself, out of batches of prompts."""

    def order(self, order: Any, at_once: int, /) -> Any: ...  # of the prompts, so many of them for a step
    def made(self, prompts: list[Batch], step: int, /) -> list[Batch]: ...
    def made_up(self, prompts: Batch, /) -> Batch: ...  # as large as it may become, for a rehearsal
