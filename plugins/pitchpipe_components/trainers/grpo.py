"""GRPO: a model tries out replies, rewards judge them, and the better ones of each group become likelier."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from msgspec import Meta

from pitchpipe_components.trainers.options import Above0, Options, Positive

if TYPE_CHECKING:
    from pitchpipe_components.trainers.objectives.objective import Objective


@dataclass(frozen=True)
class Grpo(Options):
    """Learn from rewards (GRPO): try several replies to each prompt, and make those likelier that are better
    than the others. The section `rewards` says what is good."""

    epochs: Annotated[float, Meta(gt=0, description="how often all prompts are asked")] = 1
    learning_rate: Annotated[
        float, Meta(gt=0, description="usual: 5e-6 to 1e-4 with an adapter, 5e-7 to 5e-6 for all weights")
    ] = 1e-5
    batch_size: Annotated[
        Positive, Meta(description="prompts on each device at once; each has `group` replies")
    ] = 4
    accumulate: Annotated[Positive, Meta(description="batches that make one step")] = 2
    weight_decay: Annotated[float, Meta(ge=0, description="pulls matrices towards 0")] = 0.0
    group: Annotated[int, Meta(ge=2, description="replies to each prompt, compared with each other")] = 8
    max_new_tokens: Annotated[
        Positive, Meta(description="a reply that does not end by itself is cut after so many tokens")
    ] = 256
    temperature: Annotated[float, Meta(gt=0, description="above 1 replies differ more, below 1 less")] = 1.0
    top_p: Annotated[
        float, Meta(gt=0, le=1, description="draw from the likeliest tokens that make up this share")
    ] = 1.0
    loss: Annotated[
        Literal["dapo", "grpo", "dr_grpo", "bnpo"],
        Meta(
            description="what counts alike: each token of a step (dapo), each reply (grpo), each token,"
            " divided by what replies may have (dr_grpo), each token of a batch (bnpo)"
        ),
    ] = "dapo"
    scale: Annotated[
        Literal["group", "batch", "none"],
        Meta(
            description="what differences of rewards are divided by: their spread in the group, in the step"
        ),
    ] = "group"
    beta: Annotated[
        float, Meta(ge=0, description="holds the model near to what it was at the beginning; often 0 to 0.04")
    ] = 0.0
    updates: Annotated[
        Positive, Meta(description="steps with the same replies, before new ones are tried out")
    ] = 1
    clip: Annotated[
        float,
        Meta(
            gt=0, lt=1, description="with several updates: how far a token's probability may move by a reply"
        ),
    ] = 0.2
    clip_high: Annotated[
        Above0 | None, Meta(description="how far it may rise, where that is more; DAPO takes 0.28")
    ] = None
    skip_unended: Annotated[bool, Meta(description="learn nothing from replies that were cut")] = False

    name: ClassVar = "grpo"
    learns: ClassVar = "prompts"
    aim: ClassVar = "reward"
    probes: ClassVar = False  # samples are among the replies that it tries
    takes_rewards: ClassVar = True
    packs: ClassVar = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.checkpoint_every % self.updates:
            raise ValueError(
                f"checkpoint_every ({self.checkpoint_every}) must be a multiple of updates ({self.updates}):"
                " between, the replies that are still to be learned from would be lost"
            )
        if self.updates == 1:
            for name, usual in (("clip", 0.2), ("clip_high", None)):
                if getattr(self, name) != usual:
                    raise ValueError(
                        f"{name} holds nothing back while updates is 1: replies are learned from once"
                    )

    def objective(self) -> "Objective":
        from pitchpipe_components.trainers.objectives.policy import Policy

        return Policy(self)
