"""The batches that a reference is computed of: those of training and of validation, shared out."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from pitchpipe_components.trainers.loss.batch import Batch
from pitchpipe_components.trainers.objectives.reference import Measure, Side

if TYPE_CHECKING:
    from pitchpipe_components.trainers.learner import Learner

Entries = list[Any]
Make = Callable[[Entries], Batch]


def of_training(learner: "Learner", measure: Measure) -> dict[str, Side]:
    """The rows as training and validation have them, in batches of the same size."""
    batches, training = learner.batches, learner.training
    learner.order.set_epoch(0)
    sides = {"train": side(learner, len(training.train), list(learner.order), batches.dataset, measure)}
    if held_out := len(training.validation):
        sides["validation"] = side(learner, held_out, list(range(held_out)), batches.validation, measure)
    return sides


def side(
    learner: "Learner",
    count: int,
    indices: list[Any],
    entries: Any,
    measure: Measure,
    make: Make | None = None,
) -> Side:
    """A side of `count` examples, whose entries lie at indices. All processes have as many batches."""
    size, processes = learner.args.per_device_train_batch_size, learner.accelerator.num_processes
    starts = list(range(0, len(indices), size))
    starts += starts[:1] * (-len(starts) % processes)
    own = starts[learner.accelerator.process_index :: processes]
    collate: Any = make or learner.data_collator

    def batches() -> Iterator[Batch]:
        for start in own:
            yield collate([entries[index] for index in indices[start : start + size]])

    return Side(count, batches, len(own), measure)
