"""IA3: vectors that stretch what a few layers give on; the smallest of the adapters."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from pitchpipe_components.adapters import peft_model
from pitchpipe_components.adapters.peft_model import Save
from pitchpipe_components.adapters.rows import as_embeddings
from pitchpipe_components.adapters.targets import must_be_whole, must_match


@dataclass(frozen=True)
class Ia3:
    """Learned vectors that scale keys, values and the inner layers of a frozen model."""

    targets: Annotated[
        str | list[str] | None,
        Meta(
            description="names of the modules to scale; none: its authors' choice, where PEFT knows the model"
        ),
    ] = None
    feedforward: Annotated[
        list[str] | None,
        Meta(description="which of the targets are scaled at their input: the last layers of the MLPs"),
    ] = None
    train_also: Annotated[
        list[str] | None, Meta(description="names of modules to train whole: embed_tokens, lm_head, norm")
    ] = None
    save: Save = None
    learns_rows: ClassVar[bool] = False

    def __call__(self, model: Any, new_tokens: list[int]) -> Any:
        from peft import IA3Config

        if self.targets is not None:
            must_match("ia3", self.targets, model)
        whole = as_embeddings(model, must_be_whole("ia3", self.train_also or [], model))
        inner = self.feedforward if self.feedforward is not None else self.targets and []
        settings = IA3Config(
            task_type=peft_model.task(model), target_modules=self.targets, feedforward_modules=inner,
            modules_to_save=whole or None,
        )  # fmt: skip
        return peft_model.adapted("ia3", model, settings)

    def load(self, model: Any, folder: Path) -> Any:
        """The model with vectors that were saved in `folder`."""
        return peft_model.load("ia3", model, folder)

    def merges(self, model: Any) -> bool:
        return peft_model.merges("ia3", self.save, model)

    def merged(self, model: Any) -> Any:
        """The whole model, with the adapter that is on it merged into its weights."""
        return peft_model.merged(model)
