"""TRL's trainer, in an order that padding costs little and a kill cannot change, with our own objectives.

The loss of a step is a mean over all its batches, in all processes, whatever the objective counts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import torch
from transformers import Trainer, set_seed
from trl import SFTConfig, SFTTrainer

import pitchpipe as pp
from pitchpipe_components.trainers.asked import sharing
from pitchpipe_components.trainers.astray import Astray
from pitchpipe_components.trainers.checkpoints import Checkpoints
from pitchpipe_components.trainers.loss.batch import EXAMPLES, Batch, Numbered
from pitchpipe_components.trainers.loss.layer import inner
from pitchpipe_components.trainers.neftune import Noise
from pitchpipe_components.trainers.objectives.objective import MakesBatches, Objective
from pitchpipe_components.trainers.optimizers import apply_rates, decaying
from pitchpipe_components.trainers.pace import Pace
from pitchpipe_components.trainers.precision import Widened
from pitchpipe_components.trainers.progress import Continuation
from pitchpipe_components.trainers.tally import Examined, NoteTally

QUANTISED = ("is_loaded_in_4bit", "is_loaded_in_8bit")  # what TRL asks a model


class Learner(SFTTrainer):
    """Learns prepared examples. TRL makes none of its own: it is shown a stand-in."""

    astray: Astray
    loss_is_scaled_for_ga: Any = True  # by what the objective counts in all batches of a step
    checkpoints: Checkpoints
    progress: Continuation
    pace: Pace
    noise: Noise | None = None
    widened: Widened | None = None  # whose weights are saved as they were

    def __init__(self, training: pp.Training, args: SFTConfig, objective: Objective):
        from datasets import Dataset

        batches = training.batches(args.per_device_train_batch_size, args.seed, args.world_size)
        stand_in = Dataset.from_dict({"input_ids": [[0]]})  # TRL wants to see a data set of this kind
        has_validation = len(training.validation) > 0
        base = inner(training.model)
        shift = 0 if base.config.is_encoder_decoder else 1
        with _left_alone(training.model):
            super().__init__(
                model=training.model,
                args=args,
                processing_class=training.tokenizer,
                train_dataset=stand_in,
                eval_dataset=stand_in if has_validation else None,
                data_collator=cast(Any, Numbered(batches, shift)),
            )
        self.training, self.batches, self.order = training, batches, cast(Any, batches.sampler)
        self.train_dataset = cast(Any, batches.dataset)
        if has_validation:
            self.eval_dataset = cast(Any, batches.validation)
        self.objective: Objective = objective
        if isinstance(objective, MakesBatches):
            at_once = args.per_device_train_batch_size * args.gradient_accumulation_steps * args.world_size
            self.order = objective.order(self.order, at_once)
        with self.accelerator.autocast():
            objective.attach(self)
        first, device = self.accelerator.is_main_process, self.accelerator.device
        self.tally = NoteTally(objective.notes, objective.told, training.train, device, self.reduced, first)
        self.examined = self._to_examine()

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        return self.order

    @property
    def spread(self) -> str:
        """How the model is spread over processes, as Accelerate calls it."""
        return str(self.accelerator.distributed_type.value)

    def added_up(self, *numbers: float) -> list[float]:
        """Numbers, each the sum of all processes."""
        if self.accelerator.num_processes == 1:
            return list(numbers)
        tensor = torch.tensor(numbers, device=self.accelerator.device, dtype=torch.float64)
        return cast(list[float], self.reduced(tensor).tolist())

    def reduced(self, tensor: torch.Tensor) -> torch.Tensor:
        """The sum of the tensors of all processes."""
        return cast(torch.Tensor, self.accelerator.reduce(tensor, "sum"))

    def aux_weight(self) -> float:
        """What the balance of experts counts beside the loss."""
        return float(self.router_aux_loss_coef) if self.aux_loss_enabled else 0.0

    def numbered(self, examples: list[pp.Example], numbers: list[int]) -> Batch:
        """A batch of examples that stand in no data set, with the numbers of those that they come from."""
        make = cast(Numbered, self.data_collator)
        return make.of(self.training.collate(examples), numbers, [False] * len(examples))

    def get_batch_samples(self, epoch_iterator: Any, num_batches: int, device: torch.device) -> Any:
        """The batches of a step, and what each has to know of all."""
        batches = [batch for _, batch in zip(range(num_batches), epoch_iterator, strict=False)]
        if isinstance(self.objective, MakesBatches):
            batches = self.objective.made(batches, self.state.global_step)
        return batches, self._get_num_items_in_batch(batches, device)

    def _get_num_items_in_batch(self, batch_samples: list[Any], device: torch.device) -> Any:
        """What a batch has to know of its step."""
        return self.objective.whole(batch_samples, training=True)

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        if not model.training:
            found = self.objective(model, inputs, self.objective.whole([inputs], training=False))
            self.examined.add(found.notes, inputs[EXAMPLES])
            return found.loss
        found = self.objective(model, inputs, num_items_in_batch)
        self.tally.add(found.notes, found.tokens)
        loss = found.loss * self.accelerator.num_processes  # whose gradients are averaged
        if found.aux_loss is not None:
            loss = loss + self.aux_weight() * found.aux_loss / self.current_gradient_accumulation_steps
        return loss

    def evaluation_loop(self, *args: Any, **kwargs: Any) -> Any:
        """Trainer takes the mean of the batches' means, whatever they hold."""
        self.examined = self._to_examine()
        output = super().evaluation_loop(*args, **kwargs)
        assert output.metrics is not None
        prefix = kwargs.get("metric_key_prefix", "eval")
        means = self.objective.told(self.examined.means())
        output.metrics.update({f"{prefix}_{name}": mean for name, mean in means.items()})
        return output

    def _to_examine(self) -> Examined:
        count, accelerator = len(self.training.validation), self.accelerator
        return Examined(self.objective.notes, count, accelerator.device, accelerator.gather)

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        if "loss" in logs:
            logs.update(self.tally.take())
        super().log(logs, start_time)

    def get_decay_parameter_names(self, model: Any) -> list[str]:
        return decaying(model)

    def create_optimizer(self, model: Any = None) -> Any:
        if self.optimizer is None:
            super().create_optimizer(model)
            apply_rates(self.optimizer, model or self.model, self.training.rates)
        return self.optimizer

    def take(self, checkpoint: Path) -> None:
        """Puts the weights of a checkpoint into the model."""
        self._load_from_checkpoint(str(checkpoint))

    def training_step(self, model: Any, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if self.noise:
            self.noise.saw(inputs)
        examples = inputs[EXAMPLES]
        self.pace.saw(examples)
        loss = super().training_step(model, inputs, *args, **kwargs)
        self.astray.saw(loss, examples)
        return loss

    def _get_grad_norm(self, model: Any, grad_norm: Any = None) -> Any:
        self.astray.norm = super()._get_grad_norm(model, grad_norm)
        return self.astray.norm

    def _run_epoch(self, *args: Any, **kwargs: Any) -> None:
        self.order.set_epoch(kwargs["epoch"])  # Accelerate forgets it where several processes skip batches
        if not self.control.should_training_stop:  # it may go on from a checkpoint of its very end
            super()._run_epoch(*args, **kwargs)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Trainer's own files, without the card that TRL adds, and what Trainer forgets."""
        step, everyone = self.state.global_step, self.accelerator.wait_for_everyone
        if self.is_world_process_zero():
            self.checkpoints.clear(step)
        everyone()
        Trainer._save_checkpoint(self, model, trial)
        stopped = self.control.should_training_stop and step < self.state.max_steps
        self.progress.save(self.checkpoints.of(step), stopped)
        everyone()
        if self.is_world_process_zero():
            processes, accumulate = self.args.world_size, self.args.gradient_accumulation_steps
            self.checkpoints.bless(step, self.state.best_global_step, processes, accumulate, sharing())

    def save_whole(self, folder: Path, widened: Widened) -> None:
        """The model that was trained, in one place, with weights as they were loaded."""
        if not hasattr(self.training.model, "peft_config"):  # an adapter is small: it stays as it was learned
            widened.undo()
            self.widened = widened
        if self.is_fsdp_enabled:  # checkpoints are written in parts
            self.accelerator.state.fsdp_plugin.set_state_dict_type("FULL_STATE_DICT")
        self.save_model(str(folder))

    def _save(self, output_dir: str | None = None, state_dict: dict[str, torch.Tensor] | None = None) -> None:
        """A state comes from all processes. What is tied comes twice."""
        if state_dict and self.widened:
            for tied in getattr(self.training.model, "all_tied_weights_keys", {}):
                state_dict.pop(tied, None)
            state_dict = self.widened.undone(state_dict)
        super()._save(output_dir, state_dict)

    def _load_rng_state(self, checkpoint: Any) -> None:
        """Each process has its own, as long as there are as many."""
        if checkpoint is None:
            return
        if self.checkpoints.processes(Path(checkpoint)) == self.args.world_size:
            super()._load_rng_state(checkpoint)
        else:
            set_seed(self.args.seed + self.state.global_step * self.args.world_size + self.args.process_index)


@contextmanager
def _left_alone(model: Any) -> Iterator[None]:
    """TRL puts a loss of its own into a model's forward pass, and refuses adapters on the output layer.
    It puts adapters of quantised models into bfloat16, where small steps are lost."""
    base, hidden = inner(model), (*QUANTISED, "forward", "get_output_embeddings")
    held = [(one, {name: vars(one)[name] for name in hidden if name in vars(one)}) for one in (model, base)]
    vars(base)["get_output_embeddings"] = lambda: None
    vars(model).update(dict.fromkeys(QUANTISED, False))
    try:
        yield
    finally:
        for one, own in held:
            for name in hidden:
                vars(one).pop(name, None)
            vars(one).update(own)
