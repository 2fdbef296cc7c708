"""The section `launch`: how many processes train together, where, and how the model is shared out among them.

It decides nothing of the weights, so it is in no key: a run goes on with another one.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from pitchpipe.recipe.section import Section
from pitchpipe_stages.render.sections import MODEL

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker
    from pitchpipe.recipe.recipe import Recipe

PORT = 29500  # where the processes of several machines meet, if nothing else is said
STAGES = {"zero2": 2, "zero3": 3}  # of DeepSpeed's ZeRO
Count = Annotated[int, Meta(ge=1)]


@dataclass(frozen=True)
class Launch:
    """Who trains together."""

    processes: Annotated[
        Count | Literal["auto"],
        Meta(description="that train together on each machine; auto: one for each GPU"),
    ] = 1
    machines: Annotated[
        Count, Meta(description="that train together; start the command on each, with its --machine-rank")
    ] = 1
    address: Annotated[
        str, Meta(description=f"of the first machine, as HOST or HOST:PORT; the usual port is {PORT}")
    ] = ""
    shard: Annotated[
        Literal["none", "optimizer", "parameters"],
        Meta(
            description="none: each process holds the whole model. Else FSDP2 shares out gradients and the"
            " optimizer's state; parameters: the weights too, which come together layer by layer"
        ),
    ] = "none"
    offload: Annotated[bool, Meta(description="what is shared out lies in the processor's memory; slow")] = (
        False
    )
    deepspeed: Annotated[
        str | None,
        Meta(description="DeepSpeed in the place of FSDP2: zero2, zero3, or the path of its own JSON file"),
    ] = None

    def __post_init__(self) -> None:
        if self.deepspeed and self.shard != "none":
            raise ValueError(
                f"both share out the model: shard: {self.shard} is FSDP2, deepspeed: {self.deepspeed} is"
                " DeepSpeed. Leave one out"
            )
        if self.deepspeed and self.deepspeed not in STAGES and not self.deepspeed.endswith(".json"):
            raise ValueError(f"deepspeed: expected zero2, zero3 or a .json file, got '{self.deepspeed}'")
        if self.offload and not self.shares:
            raise ValueError("offload moves what is shared out: it needs shard or deepspeed")
        if self.offload and self.config:
            raise ValueError(f"offload: {self.config} itself says where its parts lie. Leave it out")
        if self.port is None:
            raise ValueError(f"address: expected HOST or HOST:PORT, got '{self.address}'")

    @property
    def shares(self) -> str:
        """What shares the model out, in words; empty where each process holds all of it."""
        if self.deepspeed:
            return f"DeepSpeed ({self.deepspeed})"
        return f"FSDP2 (shard: {self.shard})" if self.shard != "none" else ""

    @property
    def weights(self) -> bool:
        """Whether weights are shared out, too."""
        return self.shard != "none" or self.deepspeed not in (None, "zero2")

    @property
    def config(self) -> Path | None:
        """DeepSpeed's own file."""
        return Path(self.deepspeed) if self.deepspeed and self.deepspeed not in STAGES else None

    @property
    def host(self) -> str:
        return self.address.rpartition(":")[0] if self._numbered else self.address

    @property
    def port(self) -> int | None:
        """None where it is no number."""
        if not self._numbered:
            return PORT
        number = self.address.rpartition(":")[2]
        return int(number) if number.isdecimal() and 0 < int(number) < 65536 and self.host else None

    @property
    def _numbered(self) -> bool:
        """An IPv6 address has several colons, and needs brackets before a port."""
        return self.address.count(":") == 1 or "]:" in self.address


def _check(checker: "Checker", recipe: "Recipe") -> None:
    """Quantised weights are no numbers that processes could share out."""
    launch, model = recipe[LAUNCH], recipe[MODEL]
    quantised = model.options.get("quantize") if model else None
    if quantised and launch.weights:
        checker.problem(
            ("launch",),
            f"{launch.shares} shares out weights, and those of quantize: {quantised} stay whole on each GPU:"
            " leave `shard` and `deepspeed` out, or `quantize`",
        )


LAUNCH = Section[Launch]("launch", options=Launch, needs=("trainer",), check=_check)
