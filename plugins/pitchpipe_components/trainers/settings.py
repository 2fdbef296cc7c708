"""The settings of TRL and Transformers that follow from a recipe, the hardware and the data."""

from typing import TYPE_CHECKING

import torch
from trl import SFTConfig

import pitchpipe as pp

if TYPE_CHECKING:
    from pitchpipe_components.trainers.sft import Sft


def arguments(options: "Sft", training: pp.Training) -> SFTConfig:
    """What Trainer is told."""
    gpu = torch.cuda.is_available()
    return SFTConfig(
        output_dir=str(training.checkpoints),
        num_train_epochs=options.epochs,
        learning_rate=options.learning_rate,
        per_device_train_batch_size=options.batch_size,
        per_device_eval_batch_size=options.batch_size,
        gradient_accumulation_steps=options.accumulate,
        lr_scheduler_type=options.schedule,
        warmup_steps=options.warmup,  # below 1, a share
        weight_decay=options.weight_decay,
        max_grad_norm=options.max_grad_norm,
        max_steps=options.max_steps or -1,
        logging_steps=options.log_every,
        save_steps=options.checkpoint_every,
        gradient_checkpointing=options.gradient_checkpointing,
        seed=options.seed,
        bf16=gpu and torch.cuda.is_bf16_supported(),
        use_cpu=not gpu,
        dataset_kwargs={"skip_prepare_dataset": True},
        remove_unused_columns=False,
        max_length=None,
        save_strategy="steps",
        eval_strategy="epoch" if len(training.validation) else "no",
        report_to="none",
        logging_nan_inf_filter=False,  # a loss that is not a number is told, not averaged away
        disable_tqdm=True,
        dataloader_pin_memory=gpu,
        ddp_find_unused_parameters=False,
    )
