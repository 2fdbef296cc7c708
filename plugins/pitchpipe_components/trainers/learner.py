"""TRL's trainer, in an order that padding costs little and a kill cannot change."""

from typing import Any, cast

from trl import SFTConfig, SFTTrainer

import pitchpipe as pp
from pitchpipe_components.trainers.astray import Astray

EXAMPLES = "examples"  # in a batch: the numbers of its examples, which no model takes


class Learner(SFTTrainer):
    """Learns prepared examples. TRL makes none of its own: it is shown a stand-in."""

    astray: Astray

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


def _numbered(batches: pp.Batches) -> Any:
    """Makes batches that say which examples they hold."""
    import torch

    return lambda entries: {**batches.collate(entries), EXAMPLES: torch.tensor(batches.numbers(entries))}
