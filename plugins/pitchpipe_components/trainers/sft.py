"""Supervised fine-tuning on TRL's SFTTrainer, on whatever devices Accelerate finds."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

import pitchpipe as pp

Positive = Annotated[int, Meta(ge=1)]


@dataclass(frozen=True)
class Sft:
    """Supervised fine-tuning: learn the replies, on TRL's SFTTrainer and Accelerate."""

    epochs: Annotated[float, Meta(gt=0, description="how often all examples are seen")] = 3
    learning_rate: Annotated[float, Meta(gt=0)] = 2e-4
    batch_size: Annotated[
        Positive, Meta(description="conversations, or rows that a collator packs, on each device at once")
    ] = 8
    accumulate: Annotated[Positive, Meta(description="batches that make one step")] = 1
    schedule: Annotated[
        Literal["cosine", "linear", "constant", "constant_with_warmup"],
        Meta(description="how the learning rate falls"),
    ] = "cosine"
    warmup: Annotated[float, Meta(ge=0, lt=1, description="share of the steps in which the rate rises")] = (
        0.03
    )
    label_smoothing: Annotated[
        float, Meta(ge=0, lt=1, description="share of each learned token that is spread over all tokens")
    ] = 0.0
    weight_decay: Annotated[float, Meta(ge=0)] = 0.0
    max_grad_norm: Annotated[float, Meta(gt=0)] = 1.0
    max_steps: Annotated[
        Positive | None, Meta(description="stop after so many steps, whatever epochs says")
    ] = None
    log_every: Annotated[Positive, Meta(description="steps between two reports")] = 10
    checkpoint_every: Annotated[
        Positive, Meta(description="steps between two checkpoints to continue from")
    ] = 100
    gradient_checkpointing: Annotated[bool, Meta(description="less memory, about a third more time")] = False
    samples: Annotated[
        int,
        Meta(ge=0, description="prompts asked at each evaluation, to see what the model says; 0 asks none"),
    ] = 3
    seed: int = 0

    def __call__(self, training: pp.Training) -> dict[str, Any]:
        import os

        # TRL counts its users over the network unless told not to; pitchpipe never does.
        os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
        from pitchpipe_components.quiet import quiet

        quiet()
        from pitchpipe_components.trainers import trl_run

        return trl_run.train(self, training)

    def data_plan(self) -> pp.DataPlan:
        return pp.DataPlan(self.batch_size, self.epochs, self.accumulate, self.max_steps, self.seed)
