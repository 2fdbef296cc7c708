"""Lets a training ask its model a few prompts: at each evaluation, or else each epoch, and at its end."""

from typing import Any

from transformers import TrainerCallback

import pitchpipe as pp

SHARDED = ("FSDP", "DEEPSPEED", "MEGATRON_LM")  # no process has the whole model to ask


class Probing(TrainerCallback):
    """Asks `count` prompts in the first process; the others wait for it in their next step."""

    def __init__(self, training: pp.Training, accelerator: Any, count: int):
        self.training, self.accelerator, self.count = training, accelerator, count
        self.asks = count > 0 and accelerator.is_main_process
        if self.asks and accelerator.distributed_type.value in SHARDED:
            kind = accelerator.distributed_type.value
            training.console.say(f"[yellow]no samples:[/] {kind} leaves no process the whole model")
            self.asks = False

    def on_evaluate(self, args: Any, state: Any, control: Any, **about: Any) -> None:
        self._ask(state, about["model"])

    def on_epoch_end(self, args: Any, state: Any, control: Any, **about: Any) -> None:
        if not len(self.training.validation):
            self._ask(state, about["model"])

    def on_train_end(self, args: Any, state: Any, control: Any, **about: Any) -> None:
        self._ask(state, about["model"], last=True)

    def _ask(self, state: Any, model: Any, last: bool = False) -> None:
        if not self.asks:
            return
        with self.accelerator.autocast():  # as in the steps
            found = self.training.probe(model, state.global_step, self.count, last)
        if found:
            self.training.log(state.global_step, found)
