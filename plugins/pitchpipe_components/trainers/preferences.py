"""Trainers that learn which of two replies is better: dpo with a reference, orpo, simpo and cpo without."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from msgspec import Meta

from pitchpipe_components.trainers.options import Above0, Options

if TYPE_CHECKING:
    from pitchpipe_components.trainers.objectives.objective import Objective

DpoLoss = Literal[
    "sigmoid", "hinge", "ipo", "robust", "exo_pair", "nca_pair", "bco_pair", "sppo_hard", "apo_zero",
    "apo_down", "aot", "aot_unpaired", "discopop", "sigmoid_norm", "sft",
]  # fmt: skip
SMOOTHED = ("sigmoid", "sigmoid_norm", "robust", "exo_pair", "aot", "aot_unpaired")
Epochs = Annotated[float, Meta(gt=0, description="how often all pairs are seen; one is usual")]
Rate = Annotated[
    float, Meta(gt=0, description="usual: 5e-6 to 5e-5 with an adapter, 5e-7 to 5e-6 for all weights")
]
Wrong = Annotated[
    float, Meta(ge=0, lt=0.5, description="share of pairs whose better reply is taken to be the worse one")
]


@dataclass(frozen=True)
class Preferences(Options):
    """What trainers of pairs share."""

    epochs: Epochs = 1
    learning_rate: Rate = 5e-6

    learns: ClassVar = "pairs"


@dataclass(frozen=True)
class Dpo(Preferences):
    """Direct preference optimization: the better reply of each pair becomes likelier than the worse one,
    relative to the model as it began. Losses as in TRL's DPOTrainer."""

    beta: Annotated[
        float,
        Meta(gt=0, description="what it costs to leave the model as it began; less lets it go further"),
    ] = 0.1
    loss: Annotated[
        DpoLoss | list[DpoLoss] | dict[DpoLoss, Above0],
        Meta(description="one, several, or several with weights, as {sigmoid: 1, sft: 0.2}"),
    ] = "sigmoid"
    label_smoothing: Wrong = 0.0
    beyond: Annotated[
        float,
        Meta(ge=0, le=1, description="what tokens count beyond the length of the shorter reply (LD-DPO)"),
    ] = 1.0
    tau: Annotated[float, Meta(gt=0, description="of loss discopop: how sharply it turns")] = 0.05

    name: ClassVar = "dpo"

    def __post_init__(self) -> None:
        super().__post_init__()
        weights = _weights(self.loss)
        if not set(weights) - {"sft"}:
            raise ValueError("loss: sft compares nothing; name one that does beside it, as sigmoid")
        if self.label_smoothing and not set(weights) & set(SMOOTHED):
            raise ValueError(f"label_smoothing is of the losses {', '.join(SMOOTHED)}")
        if "exo_pair" in weights and not self.label_smoothing:
            raise ValueError("loss: exo_pair needs label_smoothing above 0, as 0.001")

    def objective(self) -> "Objective":
        from pitchpipe_components.trainers.objectives import pair_losses
        from pitchpipe_components.trainers.objectives.pairs import PairObjective

        weights = _weights(self.loss)
        replies = weights.pop("sft", 0.0)
        losses = [(getattr(pair_losses, name), weight) for name, weight in weights.items()]
        strength = pair_losses.Strength(self.beta, self.label_smoothing, tau=self.tau)
        return PairObjective(losses, strength, replies, beyond=self.beyond)


@dataclass(frozen=True)
class Orpo(Preferences):
    """Odds ratio preference optimization: learns the better replies, and that their odds are higher than
    those of the worse ones. It needs no model that was tuned before."""

    epochs: Epochs = 3
    learning_rate: Annotated[
        float, Meta(gt=0, description="usual: 5e-5 to 2e-4 with an adapter, 5e-6 to 2e-5 for all weights")
    ] = 5e-5
    beta: Annotated[float, Meta(gt=0, description="what the odds count beside the replies' own loss")] = 0.1

    name: ClassVar = "orpo"

    def objective(self) -> "Objective":
        from pitchpipe_components.trainers.objectives.pair_losses import Strength, odds_ratio
        from pitchpipe_components.trainers.objectives.pairs import PairObjective

        return PairObjective([(odds_ratio, 1.0)], Strength(self.beta), 1.0, refers=False, a_token=True)


@dataclass(frozen=True)
class Simpo(Preferences):
    """SimPO: the better reply of each pair becomes likelier, token by token, by a margin."""

    beta: Annotated[float, Meta(gt=0, description="how sharply sides are told apart; 2 to 10 is usual")] = 2.0
    gamma: Annotated[float, Meta(ge=0, description="the margin; about half of beta is usual")] = 1.0
    label_smoothing: Wrong = 0.0
    sft: Annotated[float, Meta(ge=0, description="what the replies' own loss counts beside")] = 0.0

    name: ClassVar = "simpo"

    def objective(self) -> "Objective":
        from pitchpipe_components.trainers.objectives.pair_losses import Strength, simpo
        from pitchpipe_components.trainers.objectives.pairs import PairObjective

        strength = Strength(self.beta, self.label_smoothing, self.gamma)
        return PairObjective([(simpo, 1.0)], strength, self.sft, refers=False, a_token=True)


@dataclass(frozen=True)
class Cpo(Preferences):
    """Contrastive preference optimization: DPO's loss without a reference, beside the better replies' own."""

    beta: Annotated[float, Meta(gt=0, description="how sharply replies are told apart")] = 0.1
    loss: Literal["sigmoid", "hinge", "ipo"] = "sigmoid"
    label_smoothing: Wrong = 0.0
    sft: Above0 = 1.0

    name: ClassVar = "cpo"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.label_smoothing and self.loss != "sigmoid":
            raise ValueError("label_smoothing is of the loss sigmoid")

    def objective(self) -> "Objective":
        from pitchpipe_components.trainers.objectives import pair_losses
        from pitchpipe_components.trainers.objectives.pairs import PairObjective

        strength = pair_losses.Strength(self.beta, self.label_smoothing)
        losses = [(getattr(pair_losses, self.loss), 1.0)]
        return PairObjective(losses, strength, self.sft, refers=False, a_token=self.loss == "ipo")


def _weights(loss: str | list[DpoLoss] | dict[DpoLoss, float]) -> dict[str, float]:
    """Losses with what they count."""
    if isinstance(loss, dict):
        return {str(name): weight for name, weight in loss.items()}
    names: Iterable[str] = [loss] if isinstance(loss, str) else loss
    return dict.fromkeys(names, 1.0)
