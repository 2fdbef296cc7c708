"""The settings of TRL and Transformers that follow from a recipe, the hardware and the data."""

from typing import TYPE_CHECKING, Any

import torch
from trl import SFTConfig

import pitchpipe as pp
from pitchpipe_components.trainers.optimizers import named
from pitchpipe_components.trainers.precision import computed_in

if TYPE_CHECKING:
    from pitchpipe_components.trainers.options import Options


def arguments(options: "Options", training: pp.Training) -> SFTConfig:
    """What Trainer is told."""
    gpu = torch.cuda.is_available()
    computed = computed_in(options.precision, training.model)
    schedule, floor = _schedule(options)
    made = SFTConfig(
        output_dir=str(training.checkpoints),
        num_train_epochs=options.epochs,
        learning_rate=options.learning_rate,
        per_device_train_batch_size=options.batch_size,
        per_device_eval_batch_size=options.batch_size,
        gradient_accumulation_steps=options.accumulate,
        lr_scheduler_type=schedule,
        lr_scheduler_kwargs=floor,
        warmup_steps=options.warmup,  # below 1, a share
        optim=named(options.optimizer),
        weight_decay=options.weight_decay,
        adam_beta1=options.beta1,
        adam_beta2=options.beta2,
        adam_epsilon=options.epsilon,
        max_grad_norm=options.max_grad_norm,
        max_steps=options.max_steps or -1,
        logging_steps=options.log_every,
        save_steps=options.checkpoint_every,
        gradient_checkpointing=bool(options.gradient_checkpointing),
        seed=options.seed,
        bf16=computed == torch.bfloat16,
        fp16=computed == torch.float16,
        use_cpu=not gpu,
        dataset_kwargs={"skip_prepare_dataset": True},
        remove_unused_columns=False,
        max_length=None,
        save_strategy="steps",
        eval_strategy="no",  # validation.py says when
        metric_for_best_model=options.aim if options.keep == "best" else None,
        greater_is_better=options.aim == "reward",
        report_to="none",
        logging_nan_inf_filter=False,  # a loss that is not a number is told, not averaged away
        disable_tqdm=True,
        dataloader_pin_memory=gpu,
        accelerator_config={"non_blocking": gpu},  # a copy that is waited for would hold back the GPU
        ddp_find_unused_parameters=False,
    )
    made._n_gpu = min(made.n_gpu, 1)  # else Trainer spreads one process over all GPUs with nn.DataParallel
    return made


def _schedule(options: "Options") -> tuple[str, dict[str, Any]]:
    """What Transformers calls the schedule, and where it ends. Each of them has the warm-up."""
    if options.floor and options.schedule == "cosine":
        return "cosine_with_min_lr", {"min_lr_rate": options.floor}
    if options.floor:
        return "polynomial", {"lr_end": options.floor * options.learning_rate, "power": 1.0}
    return "constant_with_warmup" if options.schedule == "constant" else options.schedule, {}
