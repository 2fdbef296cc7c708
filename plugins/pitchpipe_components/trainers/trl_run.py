"""One run of TRL's SFTTrainer over prepared examples, continued from its last whole checkpoint."""

from contextlib import ExitStack
from typing import Any, cast

import torch
from datasets import Dataset
from transformers import TrainerCallback
from transformers.trainer_callback import PrinterCallback
from trl import SFTConfig, SFTTrainer

import pitchpipe as pp
from pitchpipe_components.trainers.asked import must_be_as_asked, must_have_gpus
from pitchpipe_components.trainers.astray import Astray
from pitchpipe_components.trainers.checkpoints import Checkpoints

LEFT_OUT = (
    "training_args.bin",
    "README.md",
)  # a pickle, which nobody should load; a form that nobody filled in


def train(training: pp.Training, **settings: Any) -> dict[str, Any]:
    """Train, save into `training.folder` and say what happened."""
    must_have_gpus("cuda" if torch.cuda.is_available() else "cpu")
    args, checkpoints = _arguments(training, settings), Checkpoints(training.checkpoints)
    batches = training.batches(args.per_device_train_batch_size, args.seed, args.world_size)
    stand_in = Dataset.from_dict({"input_ids": [[0]]})  # TRL wants to see a data set of this kind
    trainer = _Trainer(
        model=training.model,
        args=args,
        processing_class=training.tokenizer,
        train_dataset=stand_in,
        eval_dataset=stand_in if len(training.validation) else None,
        data_collator=batches.collate,
    )
    must_be_as_asked(trainer.accelerator)
    trainer.remove_callback(PrinterCallback)
    trainer.order, trainer.train_dataset = batches.sampler, batches.dataset
    if len(training.validation):
        trainer.eval_dataset = batches.validation
    trainable = sum(p.numel() for p in training.model.parameters() if p.requires_grad)
    with training.console.bar("train", None) as tick:
        trainer.add_callback(_Watch(training, checkpoints, tick))
        trainer.astray = Astray(trainer.accelerator, checkpoints)
        trainer.add_callback(trainer.astray)
        with ExitStack() as stack:
            with trainer.accelerator.autocast():  # as in the steps that follow
                stack.enter_context(training.isolated(cast(Any, trainer.model)))
            last = checkpoints.last()
            outcome = trainer.train(resume_from_checkpoint=str(last) if last else None)
    trainer.save_model(str(training.folder))
    for name in LEFT_OUT:
        (training.folder / name).unlink(missing_ok=True)
    return {
        "steps": trainer.state.global_step,
        "loss": round(outcome.training_loss, 4),
        "trainable_parameters": trainable,
        "processes": trainer.accelerator.num_processes,
        "device": str(trainer.accelerator.device),
    }


class _Trainer(SFTTrainer):
    """TRL's trainer, in an order that padding costs little and a kill cannot change."""

    order: Any
    astray: Astray

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        return self.order

    def training_step(self, *args: Any, **kwargs: Any) -> Any:
        loss = super().training_step(*args, **kwargs)
        self.astray.saw(loss)
        return loss


def _arguments(training: pp.Training, settings: dict[str, Any]) -> SFTConfig:
    gpu = torch.cuda.is_available()
    return SFTConfig(
        output_dir=str(training.checkpoints),
        bf16=gpu and torch.cuda.is_bf16_supported(),
        use_cpu=not gpu,
        dataset_kwargs={"skip_prepare_dataset": True},
        remove_unused_columns=False,
        max_length=None,
        save_strategy="steps",
        save_total_limit=2,
        eval_strategy="epoch" if len(training.validation) else "no",
        report_to="none",
        logging_nan_inf_filter=False,  # a loss that is not a number is told, not averaged away
        disable_tqdm=True,
        dataloader_pin_memory=gpu,
        ddp_find_unused_parameters=False,
        **settings,
    )


class _Watch(TrainerCallback):
    """Reports progress, and marks checkpoints that are whole."""

    def __init__(self, training: pp.Training, checkpoints: Checkpoints, tick: Any):
        self.training, self.checkpoints, self.tick, self.shown = training, checkpoints, tick, 0
        self.note = ""

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.tick(state.global_step - self.shown, self.note, total=state.max_steps)
        self.shown = state.global_step

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any
    ) -> None:
        values = {
            name: float(value) for name, value in (logs or {}).items() if isinstance(value, int | float)
        }
        if "loss" in values:
            self.note = f"loss {values['loss']:.3f}"
        if state.is_world_process_zero:
            self.training.log(state.global_step, values)

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.is_world_process_zero:
            self.checkpoints.bless(state.global_step)
