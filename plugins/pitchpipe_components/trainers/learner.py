"""TRL's trainer, in an order that padding costs little and a kill cannot change."""

from typing import Any, cast

from transformers import Trainer
from trl import SFTConfig, SFTTrainer

import pitchpipe as pp
from pitchpipe_components.trainers.astray import Astray
from pitchpipe_components.trainers.checkpoints import Checkpoints
from pitchpipe_components.trainers.progress import Progress

EXAMPLES = "examples"  # in a batch: the numbers of its examples, which no model takes


class Learner(SFTTrainer):
    """Learns prepared examples. TRL makes none of its own: it is shown a stand-in."""

    astray: Astray
    checkpoints: Checkpoints
    progress: Progress

    def __init__(self, training: pp.Training, args: SFTConfig):
        from datasets import Dataset

        batches = training.batches(args.per_device_train_batch_size, args.seed, args.world_size)
        stand_in = Dataset.from_dict({"input_ids": [[0]]})  # TRL wants to see a data set of this kind
        has_validation = len(training.validation) > 0
        super().__init__(
            model=training.model,
            args=args,
            processing_class=training.tokenizer,
            train_dataset=stand_in,
            eval_dataset=stand_in if has_validation else None,
            data_collator=_numbered(batches),
        )
        self.training, self.order = training, batches.sampler
        self.train_dataset = cast(Any, batches.dataset)
        if has_validation:
            self.eval_dataset = cast(Any, batches.validation)

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        return self.order

    def compute_loss(self, model: Any, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        inputs.pop(EXAMPLES)
        return super().compute_loss(model, inputs, *args, **kwargs)

    def training_step(self, *args: Any, **kwargs: Any) -> Any:
        loss = super().training_step(*args, **kwargs)
        self.astray.saw(loss)
        return loss

    def _run_epoch(self, *args: Any, **kwargs: Any) -> None:
        if not self.control.should_training_stop:  # it may go on from a checkpoint of its very end
            super()._run_epoch(*args, **kwargs)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Trainer's own files, without the card that TRL adds, and what Trainer forgets."""
        step, everyone = self.state.global_step, self.accelerator.wait_for_everyone
        if self.is_world_process_zero():
            self.checkpoints.clear(step)
        everyone()
        Trainer._save_checkpoint(self, model, trial)
        self.progress.save(self.checkpoints.of(step), self.control.should_training_stop)
        everyone()
        if self.is_world_process_zero():
            self.checkpoints.bless(step, self.args.world_size, self.state.best_global_step)


def _numbered(batches: pp.Batches) -> Any:
    """Makes batches that say which examples they hold."""
    import torch

    return lambda entries: {**batches.collate(entries), EXAMPLES: torch.tensor(batches.numbers(entries))}
