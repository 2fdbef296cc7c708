"""Goes on with an adapter that was trained before: its kind, size and targets are those of its folder."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

import pitchpipe as pp
from pitchpipe_components.adapters import peft_model
from pitchpipe_components.adapters.lora import Ratio, faster
from pitchpipe_components.adapters.mixing import mixed
from pitchpipe_components.adapters.peft_model import Save

VIRTUAL = ("PREFIX_TUNING", "PROMPT_TUNING", "P_TUNING", "CARTRIDGE")  # PEFT loads them to be used alone


@dataclass(frozen=True)
class Continued:
    """An adapter that was saved before, by a run or by any other trainer with PEFT, trained further."""

    folder: Annotated[Path, Meta(description="the adapter's folder, such as runs/NAME/model")]
    plus: Ratio = None
    save: Save = None

    def __post_init__(self) -> None:
        if not (self.folder / "adapter_config.json").exists():
            raise ValueError(f"no adapter in {self.folder}{self._hint()}")
        if (kind := self._said("peft_type")) in VIRTUAL:
            raise ValueError(
                f"the adapter in {self.folder} is of the kind {kind}, which PEFT cannot go on with"
            )

    def _hint(self) -> str:
        if (self.folder / "config.json").exists():
            return (
                ": it holds a whole model. Name it as the model's `folder`; a run that is to be gone on with"
                " keeps its adapter with `save: adapter`"
            )
        return f". There is one in {inner}" if (inner := self.folder / "model").is_dir() else ""

    def inputs(self) -> list[Path]:
        """The files that a run reads."""
        return sorted(self.folder.glob("adapter_*"))

    def __call__(self, model: Any, new_tokens: list[int]) -> Any:
        adapter = peft_model.as_trained(self._on(model, is_trainable=True))
        self._must_learn(new_tokens)
        return adapter

    def _on(self, model: Any, **how: Any) -> Any:
        try:
            return peft_model.load("continued", model, self.folder, **how)
        except RuntimeError as error:  # shapes that differ
            raise pp.PitchpipeError(
                f"adapter continued: the adapter in {self.folder} does not fit this model. It was made for"
                f" {self._said('base_model_name_or_path')}. {str(error).splitlines()[-1].strip()}"
            ) from error

    def _must_learn(self, tokens: list[int]) -> None:
        """Rows of tokens are learned where the saved adapter has learned them."""
        rows = self._said("trainable_token_indices")
        known = set().union(*rows.values()) if isinstance(rows, dict) else set(rows or [])
        whole = self._said("modules_to_save") or []
        if (lost := sorted(set(tokens) - known)) and "embed_tokens" not in whole:
            raise pp.PitchpipeError(
                f"adapter continued: the adapter in {self.folder} has no rows for {len(lost)} tokens that the"
                f" base has never read (ids {', '.join(map(str, lost[:5]))}): it would never learn them. Use"
                " the template that it was trained with, or start a new adapter."
            )

    def notes(self, model: Any) -> list[str]:
        """What a user should know of the adapter on this model."""
        made, here = self._said("base_model_name_or_path"), model.get_base_model().name_or_path
        if not made or str(made) == str(here):
            return []
        return [f"adapter: it was made for {made}, and is put on {here}: what it has learned may not fit"]

    def rates(self, model: Any) -> dict[str, float]:
        """Of weights that learn faster: their names, and how many times as fast."""
        return faster(model, self.plus)

    def load(self, model: Any, folder: Path) -> Any:
        """The model with the adapter that was saved in `folder`."""
        return peft_model.load("continued", model, folder)

    def merges(self, model: Any) -> bool:
        return peft_model.merges("continued", self.save, model)

    def merged(self, model: Any) -> Any:
        """The whole model, with the adapter that is on it merged into its weights."""
        return peft_model.merged(model)

    def mixed(self, model: Any, folder: Path, others: Sequence[Path], weights: Sequence[float]) -> Any:
        """The model with the adapter of `folder` on it: added up, by weights, with those of other folders."""
        return mixed(model, folder, others, weights)

    def _said(self, name: str) -> Any:
        return json.loads((self.folder / "adapter_config.json").read_text("utf-8")).get(name)
