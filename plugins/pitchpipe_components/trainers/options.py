"""The options that all trainers share, and how a trainer with such options trains: on TRL's trainer and
Accelerate, on whatever devices it finds."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from msgspec import Meta

import pitchpipe as pp

if TYPE_CHECKING:
    from pitchpipe_components.trainers.objectives.objective import Objective

Positive = Annotated[int, Meta(ge=1)]
Above0 = Annotated[float, Meta(gt=0)]
ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}


@dataclass(frozen=True)
class Options:
    """What a training is told, whatever it learns. `objective` says that, anew for each learner."""

    epochs: Annotated[float, Meta(gt=0, description="how often all examples are seen")] = 3
    learning_rate: Annotated[
        float, Meta(gt=0, description="usual: 1e-4 to 3e-4 with an adapter, 1e-5 to 5e-5 for all weights")
    ] = 2e-4
    batch_size: Annotated[
        Positive, Meta(description="conversations, or rows that a collator packs, on each device at once")
    ] = 8
    accumulate: Annotated[Positive, Meta(description="batches that make one step")] = 1
    schedule: Annotated[
        Literal["cosine", "linear", "constant", "inverse_sqrt"],
        Meta(description="how the learning rate falls after the warm-up"),
    ] = "cosine"
    floor: Annotated[
        float, Meta(ge=0, lt=1, description="share of the learning rate that cosine and linear end at")
    ] = 0.0
    warmup: Annotated[
        float, Meta(ge=0, description="how long the rate rises: a share of all steps, or from 1 on steps")
    ] = 0.03
    optimizer: Annotated[
        Literal["adamw", "adamw_8bit", "paged_adamw", "paged_adamw_8bit", "adafactor", "sgd"],
        Meta(
            description="8bit: a quarter of the memory for its state; paged: the state moves to the"
            " processor's memory where a GPU's is full; adafactor: hardly any state"
        ),
    ] = "adamw"
    weight_decay: Annotated[
        float, Meta(ge=0, description="pulls matrices towards 0; norms and biases are left alone")
    ] = 0.0
    beta1: Annotated[float, Meta(ge=0, lt=1, description="of adamw")] = ADAM["beta1"]
    beta2: Annotated[float, Meta(ge=0, lt=1, description="of adamw")] = ADAM["beta2"]
    epsilon: Annotated[float, Meta(gt=0, description="of adamw")] = ADAM["epsilon"]
    max_grad_norm: Annotated[float, Meta(gt=0, description="longer gradients are cut to this length")] = 1.0
    max_steps: Annotated[
        Positive | None, Meta(description="stop after so many steps, whatever epochs says")
    ] = None
    log_every: Annotated[Positive, Meta(description="steps between two reports")] = 10
    evaluate_every: Annotated[
        Above0 | Literal["epoch"],
        Meta(
            description="steps between two evaluations on the validation rows, or below 1 a share of an"
            " epoch; epoch: at the end of each"
        ),
    ] = "epoch"
    keep: Annotated[
        Literal["last", "best"],
        Meta(description="the weights that are saved: the last, or those of the lowest validation loss"),
    ] = "last"
    patience: Annotated[
        Positive | None,
        Meta(description="stop after so many evaluations in a row without a lower validation loss"),
    ] = None
    checkpoint_every: Annotated[
        Positive, Meta(description="steps between two checkpoints to continue from")
    ] = 100
    checkpoints: Annotated[
        Positive, Meta(description="how many stay while training; the best stays beside them")
    ] = 2
    precision: Annotated[
        Literal["auto", "float32", "bfloat16"],
        Meta(
            description="what is computed in; auto: bfloat16 where the GPU or the model's weights have it,"
            " else float16 on a GPU and float32 on a processor. What is trained is kept in float32"
        ),
    ] = "auto"
    gradient_checkpointing: Annotated[
        bool | None,
        Meta(description="less memory, about a third more time; none: where the rehearsal shows the need"),
    ] = None
    rehearse: Annotated[
        bool,
        Meta(
            description="before the first step, try the largest batches and a checkpoint, then put all back"
        ),
    ] = True
    samples: Annotated[
        int,
        Meta(ge=0, description="prompts asked at each evaluation, to see what the model says; 0 asks none"),
    ] = 3
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("warmup", "evaluate_every"):
            value = getattr(self, name)
            if value != "epoch" and value >= 1 and value % 1:
                raise ValueError(f"{name}: from 1 on these are steps, a whole number: got {value:g}")
        if self.floor and self.schedule not in ("cosine", "linear"):
            raise ValueError(f"floor is where cosine and linear end: schedule: {self.schedule} has none")
        if "adamw" not in self.optimizer:
            for name in (name for name, usual in ADAM.items() if getattr(self, name) != usual):
                raise ValueError(f"{name} is an option of adamw: optimizer: {self.optimizer} has none")

    def objective(self) -> "Objective":
        raise NotImplementedError

    def __call__(self, training: pp.Training) -> dict[str, Any]:
        return self._training().train(self, training)

    def rehearsal(self, training: pp.Training) -> dict[str, str]:
        """What training does before its first step, and no more."""
        return self._training().rehearsal(self, training)

    def _training(self) -> Any:
        import os

        # TRL counts its users over the network unless told not to; pitchpipe never does.
        os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
        from pitchpipe_components.quiet import quiet

        quiet()
        from pitchpipe_components.trainers import trl_run

        return trl_run

    name: ClassVar[str]  # in a recipe
    learns: ClassVar[str] = "replies"
    aim: ClassVar[Literal["loss", "reward"]] = "loss"  # which number of validation says what is best
    probes: ClassVar[bool] = True  # it asks sample prompts at each evaluation
    packs: ClassVar[bool] = True  # rows may hold several conversations, or prompt and reply apart
    watching = ("log_every", "checkpoint_every", "checkpoints", "samples", "rehearse")
    extending = ("epochs", "max_steps", "evaluate_every", "keep", "patience", "gradient_checkpointing")

    def reached(self, checkpoints: Path) -> int:
        from pitchpipe_components.trainers.checkpoints import Checkpoints, step_of

        last = Checkpoints(checkpoints).last()
        return step_of(last) if last else 0

    def data_plan(self) -> pp.DataPlan:
        return pp.DataPlan(self.batch_size, self.epochs, self.accumulate, self.max_steps, self.seed)
