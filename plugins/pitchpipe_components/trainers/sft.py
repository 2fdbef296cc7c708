"""Supervised fine-tuning: a model learns the replies of conversations."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from msgspec import Meta

from pitchpipe_components.trainers.options import Above0, Options

if TYPE_CHECKING:
    from pitchpipe_components.trainers.objectives.objective import Objective


@dataclass(frozen=True)
class Sft(Options):
    """Supervised fine-tuning: learn the replies, on TRL's SFTTrainer and Accelerate."""

    neftune: Annotated[
        Above0 | None, Meta(description="noise on the embeddings while training: NEFTune's alpha, as 5")
    ] = None
    label_smoothing: Annotated[
        float, Meta(ge=0, lt=1, description="share of each learned token that is spread over all tokens")
    ] = 0.0

    name: ClassVar = "sft"

    def objective(self) -> "Objective":
        from pitchpipe_components.trainers.objectives.replies import ReplyObjective

        return ReplyObjective(self.label_smoothing)
