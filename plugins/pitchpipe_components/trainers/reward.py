"""A reward model: it learns from pairs to give the better reply the higher score."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from msgspec import Meta

from pitchpipe_components.trainers.preferences import Preferences

if TYPE_CHECKING:
    from pitchpipe_components.trainers.objectives.objective import Objective


@dataclass(frozen=True)
class RewardModel(Preferences):
    """Train a reward model: the output layer gives way to a head of one number, which learns to be higher for
    the better reply of each pair, as in TRL's RewardTrainer."""

    learning_rate: Annotated[
        float, Meta(gt=0, description="usual: 5e-5 to 2e-4 with an adapter, 5e-6 to 2e-5 for all weights")
    ] = 1e-5
    center: Annotated[
        float,
        Meta(ge=0, description="holds the scores near to 0; 0.01 is usual where they are added to others"),
    ] = 0.0

    name: ClassVar = "reward"
    scores: ClassVar = True
    packs: ClassVar = False
    probes: ClassVar = False  # it says a number, and no reply

    def objective(self) -> "Objective":
        from pitchpipe_components.trainers.objectives.scores import ScoreObjective

        return ScoreObjective(self.center)
