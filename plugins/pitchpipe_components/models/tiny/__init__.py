"""The embedded default model: a base model of 1.8 million parameters that ships with pitchpipe."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from pitchpipe_components.models.transformers import Transformers


class Tiny(Transformers):
    """A tiny base model that has read plain sentences of a few skills and never an instruction.

    It needs no download and trains on a laptop's CPU. Use it for a first run and for tests of recipes and
    plugins. `python -m pitchpipe_components.models.tiny.build FOLDER` builds it anew.
    """

    def __init__(
        self,
        quantize: Annotated[
            Literal["nf4", "int8"] | None, Meta(description="load the weights in 4 (nf4) or 8 bits (int8)")
        ] = None,
    ) -> None:
        super().__init__(folder=Path(__file__).parent / "base", dtype="float32", quantize=quantize)
