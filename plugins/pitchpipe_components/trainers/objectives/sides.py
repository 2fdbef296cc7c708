"""The batches that a reference is computed of: those of training and of validation, shared out."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pitchpipe_components.trainers.loss.batch import Batch
from pitchpipe_components.trainers.objectives.reference import Measure, Side

if TYPE_CHECKING:
    from pitchpipe_components.trainers.learner import Learner


def of_training(learner: "Learner", measure: Measure) -> dict[str, Side]:
    """The rows as training and validation have them."""
    batches, validation = learner.batches, learner.batches.validation
    learner.order.set_epoch(0)
    found = {"train": side(learner, list(learner.order), batches.dataset, measure)}
    if held_out := len(learner.training.validation):
        found["validation"] = side(learner, list(range(held_out)), validation, measure)
    return found


def side(learner: "Learner", indices: list[Any], entries: Any, measure: Measure) -> Side:
    """The entries at indices, in batches of the same size as in training, as many for each process."""
    size, processes = learner.args.per_device_train_batch_size, learner.accelerator.num_processes
    starts = list(range(0, len(indices), size))
    starts += starts[:1] * (-len(starts) % processes)
    own = starts[learner.accelerator.process_index :: processes]

    def batches() -> Iterator[Batch]:
        for start in own:
            yield learner.data_collator([entries[index] for index in indices[start : start + size]])

    return Side(batches, len(own), measure)
