"""The trainer kto: single replies, each judged good or bad."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from msgspec import Meta

from pitchpipe_components.trainers.preferences import Preferences

if TYPE_CHECKING:
    from pitchpipe_components.trainers.objectives.objective import Objective

CountsAs = Annotated[float, Meta(ge=0, description="what such a reply counts in the loss")]


@dataclass(frozen=True)
class Kto(Preferences):
    """Kahneman-Tversky optimization: replies that were judged good become likelier, bad ones less likely,
    relative to the model as it began. Pairs count as two replies."""

    beta: Annotated[
        float, Meta(gt=0, description="what it costs to leave the model as it began; less lets it go further")
    ] = 0.1
    loss: Annotated[
        Literal["kto", "apo_zero_unpaired"],
        Meta(description="apo_zero_unpaired: not relative to what replies to other prompts gain"),
    ] = "kto"
    desirable_weight: CountsAs = 1.0
    undesirable_weight: CountsAs = 1.0

    name: ClassVar = "kto"
    learns: ClassVar = "judged"

    def objective(self) -> "Objective":
        from pitchpipe_components.trainers.objectives.judged import JudgedObjective

        return JudgedObjective(self.beta, self.desirable_weight, self.undesirable_weight, self.loss == "kto")
