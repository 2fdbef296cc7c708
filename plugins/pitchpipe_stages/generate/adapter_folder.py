"""An adapter that PEFT saved in a folder, with no run around it: its base is named there."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.records.conversation import Json
from pitchpipe_stages.model.before import rows_of
from pitchpipe_stages.model.load import RecipeModel, is_whole

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"


@dataclass(frozen=True)
class AdapterFolder:
    """The folder, the options of its base, and where the tokenizer lies if it is the adapter's own."""

    path: Path
    base: Json
    tokenizer: Path | None

    @classmethod
    def at(cls, path: Path) -> "AdapterFolder | None":
        """The adapter of a folder; nothing where there is none."""
        if not (path / CONFIG).exists() or is_whole(path):
            return None
        said = msgspec.json.decode((path / CONFIG).read_bytes(), type=Json)
        if said.get("task_type") == "SEQ_CLS":
            raise PitchpipeError(
                f"{path} is an adapter that gives a score, such as a reward: it writes no text"
            )
        base = said.get("base_model_name_or_path")
        if not base:
            raise PitchpipeError(f"{path / CONFIG} names no base model (base_model_name_or_path)")
        own = path if (path / "tokenizer_config.json").exists() else None
        return cls(path, _base(path, str(base), said.get("revision")), own)

    def model(self, loader: RecipeModel) -> "PreTrainedModel":
        """The base with the adapter on it."""
        from peft import PeftModel

        added = [token for token in loader.new_tokens if token != loader.tokenizer.pad_token_id]
        if added:
            names = ", ".join(map(str, loader.tokenizer.convert_ids_to_tokens(added)))
            raise PitchpipeError(
                f"the adapter in {self.path} has never seen {names}: name the template that it was trained"
                " with (--template NAME)"
            )
        model, rows = loader.model.weights(), self._rows(loader)
        if rows > rows_of(model):
            model.resize_token_embeddings(rows, mean_resizing=False)
        if loader.tokenizer.pad_token_id >= rows_of(model):  # masked, but the model must have a row for it
            loader.tokenizer.pad_token = str(loader.tokenizer.convert_ids_to_tokens(0))
        return PeftModel.from_pretrained(model, str(self.path))  # type: ignore[return-value]

    def _rows(self, loader: RecipeModel) -> int:
        """Rows of embeddings that the adapter was trained with: those that it holds, or its tokens."""
        from safetensors import safe_open

        if (self.path / WEIGHTS).exists():
            with safe_open(self.path / WEIGHTS, "pt") as file:
                for name in file.keys():  # noqa: SIM118  it is no dict
                    if name.endswith(
                        ("embed_tokens.weight", "lm_head.weight", "wte.weight", "shared.weight")
                    ):
                        return int(file.get_slice(name).get_shape()[0])
        known = set(loader.tokenizer.get_vocab().values()) - set(loader.new_tokens)
        return max(known) + 1 if self.tokenizer else 0


def _base(path: Path, base: str, revision: object) -> Json:
    """Where the base is: a folder, here or beside the adapter, or a name on the hub."""
    for folder in (Path(base), path / base, path.parent / base):
        if (folder / "config.json").exists():
            return {"folder": str(folder.resolve())}
    if base.startswith((".", "/", "~")) or base.count("/") > 1:
        raise PitchpipeError(
            f"the adapter in {path} stands on {base}, which is not there. {path / CONFIG} says so in"
            " base_model_name_or_path: correct it there."
        )
    return {"name": base} | ({"revision": revision} if isinstance(revision, str) else {})
