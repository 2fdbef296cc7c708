"""One run of TRL's SFTTrainer over prepared examples, continued from its last whole checkpoint."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import TrainerCallback
from transformers.trainer_callback import PrinterCallback
from trl import SFTConfig, SFTTrainer

from pitchpipe import PitchpipeError, Training
from pitchpipe.prepared import Examples
from pitchpipe.render import Example
from pitchpipe_plugins.trainers.order import Grouped, Planned, Rows

LEFT_OUT = (
    "training_args.bin",
    "README.md",
)  # a pickle, which nobody should load; a form that nobody filled in
WHOLE = "whole"  # a checkpoint holds a file of this name once all of it is written


def train(training: Training, **settings: Any) -> dict[str, Any]:
    """Train, save into `training.folder` and say what happened."""
    pad = training.tokenizer.pad_token_id
    trainer = _Trainer(
        model=training.model,
        args=_arguments(training, settings),
        processing_class=training.tokenizer,
        train_dataset=_dataset(training.train),
        eval_dataset=_dataset(training.validation) if len(training.validation) else None,
        data_collator=lambda rows: training.collate([row["example"] for row in rows], pad),
    )
    trainer.remove_callback(PrinterCallback)
    joins = hasattr(training.collate, "plan")
    trainer.order = _planned(training, trainer) if joins else _grouped(training, trainer)
    trainable = sum(p.numel() for p in training.model.parameters() if p.requires_grad)
    with training.console.bar("train", None) as tick:
        trainer.add_callback(_Watch(training, tick))
        with _isolated(training, trainer) if joins else nullcontext():
            outcome = trainer.train(resume_from_checkpoint=_last_whole(training.checkpoints))
    if not isfinite(outcome.training_loss):
        raise PitchpipeError("the loss is not a number: training went astray. Try a lower learning_rate.")
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
    """TRL's trainer, in an order of our own that padding costs little and a kill cannot change."""

    order: Grouped | Planned

    def _get_train_sampler(self, train_dataset: Any = None) -> Grouped | Planned:
        return self.order


def _grouped(training: Training, trainer: _Trainer) -> Grouped:
    return Grouped(
        training.train.lengths().tolist(), trainer.args.per_device_train_batch_size, trainer.args.seed
    )


def _planned(training: Training, trainer: _Trainer) -> Planned:
    """The collator's rows; their documents are joined, in training and validation alike."""
    args = trainer.args
    # One process may have a short batch at the end; several must have the same number of rows.
    at_once = args.per_device_train_batch_size * args.world_size if args.world_size > 1 else 1
    order = Planned(training.collate.plan, training.train.lengths(), args.seed, at_once)  # type: ignore[attr-defined]
    trainer.train_dataset = Rows(training.train, len(order))
    trainer.data_collator = _Join(training)
    return order


@dataclass(frozen=True)
class _Join:
    """All examples of a batch of rows, or of a batch of single examples, in one row."""

    training: Training

    def __call__(self, batch: list[dict[str, Any]]) -> dict[str, Any]:
        examples = [one for row in batch for one in row.get("examples") or [row["example"]]]
        return self.training.collate.join(examples, self.training.tokenizer.pad_token_id)  # type: ignore[attr-defined]


@contextmanager
def _isolated(training: Training, trainer: _Trainer) -> Iterator[None]:
    """Prove on the very model, before the first step, that documents do not see each other."""
    with ExitStack() as stack:
        with trainer.accelerator.autocast():
            told = stack.enter_context(training.collate.isolated(trainer.model))  # type: ignore[attr-defined]
        training.console.say(f"[dim]documents of a row are kept apart by {told['attention']}: proven[/]")
        if "why not a faster one" in told:
            training.console.say(f"[yellow]slow:[/] {told['why not a faster one']}")
        yield


def _arguments(training: Training, settings: dict[str, Any]) -> SFTConfig:
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


def _dataset(examples: Examples) -> Dataset:
    """The prepared arrays as the kind of data set that TRL takes; rows are read when they are used."""

    return Dataset.from_dict({"index": range(len(examples))}).with_transform(_Read(examples))


@dataclass(frozen=True)
class _Read:
    """Looks examples up; picklable, as data sets want of their transforms."""

    examples: Examples

    def __call__(self, batch: dict[str, list[int]]) -> dict[str, list[Example]]:
        return {"example": [self.examples[index] for index in batch["index"]]}


def _last_whole(folder: Path) -> str | None:
    """The newest checkpoint that was written to its end; Trainer writes over the others."""
    whole = [checkpoint for checkpoint in folder.glob("checkpoint-*") if (checkpoint / WHOLE).exists()]
    return str(max(whole, key=lambda path: int(path.name.rpartition("-")[2]))) if whole else None


class _Watch(TrainerCallback):
    """Reports progress, and marks checkpoints that are whole."""

    def __init__(self, training: Training, tick: Any):
        self.training, self.tick, self.shown = training, tick, 0
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
            (Path(args.output_dir) / f"checkpoint-{state.global_step}" / WHOLE).touch()
