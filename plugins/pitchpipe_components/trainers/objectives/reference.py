"""What the model says of all replies as it begins: preferences are learned relative to that.

It is computed once, before the first step, and kept beside the checkpoints: no second model is in memory, and
a new adapter, one that goes on and all weights are one case.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from accelerate.utils import broadcast_object_list
from torch import Tensor

import pitchpipe as pp
from pitchpipe_components.trainers.loss.batch import EXAMPLES, WORSE, Batch
from pitchpipe_components.trainers.objectives.said import LogProbabilities

if TYPE_CHECKING:
    from pitchpipe_components.trainers.learner import Learner

FILE = "reference.safetensors"
Measure = Callable[[Any, Batch], LogProbabilities]  # of a model and a batch


class Reference:
    """Log-probabilities of replies: tables by name, of which a row is an example and a column a side."""

    def __init__(self) -> None:
        self._tables: dict[str, Tensor] = {}

    def of(self, name: str, batch: Batch, own: Tensor) -> Tensor:
        """Those of the rows of a batch. Before training begins the model is its own reference."""
        if name not in self._tables:
            return own.detach()
        return self._tables[name][batch[EXAMPLES], sides(batch)]

    def begin(self, learner: "Learner", wanted: "Callable[[], dict[str, Side]]", tick: Any) -> None:
        """Computes the tables, in all processes together, or takes them from where training began."""
        file = learner.training.checkpoints / FILE
        found: list[Any] = [file.exists()]
        broadcast_object_list(found)
        if not found[0]:
            _must_begin(learner, file)
            self._tables = {name: side.table(learner, name, tick) for name, side in wanted().items()}
            if learner.is_world_process_zero():
                _write(file, self._tables)
        else:
            self._tables = _read(file, learner.accelerator.device)


class Side:
    """The batches of one table, and how they are measured."""

    def __init__(self, batches: "Callable[[], Iterator[Batch]]", total: int, measure: Measure):
        self.batches, self.total, self.measure = batches, total, measure

    def table(self, learner: "Learner", name: str, tick: Any) -> Tensor:
        """Each process measures its share of the batches."""
        model, training = learner.model_wrapped, learner.training
        count = max(len(training.train), len(training.validation))
        sums = torch.zeros(count, 2, device=learner.accelerator.device)
        seen = torch.zeros_like(sums)
        was = model.training
        model.eval()
        with torch.no_grad(), learner.accelerator.autocast():
            tick(0, f"reference of {name}", self.total, 0)
            for batch in map(learner._prepare_inputs, self.batches()):
                said = self.measure(model, batch)
                there = said.tokens > 0  # else it only fills the batch
                at = batch[EXAMPLES][there], sides(batch)[there]
                sums[at], seen[at] = said.sums[there].float(), 1.0
                tick(1)
            tick(0, "")
        model.train(was)
        both = learner.reduced(torch.stack([sums, seen]))
        return both[0] / both[1].clamp(min=1)


def sides(batch: Batch) -> Tensor:
    """0 of each row, or 1 where it holds a worse reply."""
    return torch.zeros_like(batch[EXAMPLES]).index_fill_(0, batch[WORSE], 1)


def _must_begin(learner: "Learner", file: Path) -> None:
    if step := learner.state.global_step:
        raise pp.PitchpipeError(
            f"{file} is gone, which says what the model was when training began, and training is at step"
            f" {step}. Begin it again: rm -r {file.parent}"
        )


def _write(file: Path, tables: dict[str, Tensor]) -> None:
    from safetensors.torch import save_file

    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    save_file({name: table.cpu().contiguous() for name, table in tables.items()}, new)
    os.replace(new, file)


def _read(file: Path, device: torch.device) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return {name: table.to(device) for name, table in load_file(file).items()}
    except (SafetensorError, OSError) as error:
        raise pp.PitchpipeError(
            f"{file} is damaged ({error}), which says what the model was when training began. Begin the"
            f" training again: rm -r {file.parent}"
        ) from None
