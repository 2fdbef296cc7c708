"""The base of a run as it was before it was quantised, in the type of its files or a finer one."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.checked import checked
from pitchpipe.recipe.document import Document
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Json
from pitchpipe_stages.generate.opened import recipe_of
from pitchpipe_stages.merge.agreement import LIMITS
from pitchpipe_stages.render.sections import MODEL

if TYPE_CHECKING:
    from transformers import PreTrainedModel

WEIGHTS = "the model's weights"  # a part of what a run's training was made from
NOT_FULL = (
    "the base of {run} is quantised in its own files: there are no full weights to merge into. Name the model"
    " that it was made from: --base NAME_OR_FOLDER"
)
LOADED_SO = ("attention", "trust_remote_code")


def precise_recipe(run: Path, dtype: str, base: str | None) -> Recipe:
    """A run's recipe with the full weights of its base, or of another base that is the same."""
    as_run = recipe_of(run)
    model = as_run[MODEL]
    assert model
    known = model.component.options
    others: Json = {"quantize": None} if "quantize" in known else {}
    if base:
        others |= _other_base(base, known)
    elif model.options.get("name"):
        others["revision"] = _adapter(run).get("revision") or model.options.get("revision")
    found = recipe_of(run, **others)[MODEL]
    assert found
    if found.bound.quantised:
        raise PitchpipeError(NOT_FULL.format(run=run))
    if "dtype" in known:
        others["dtype"] = finer(found.bound.stored(), dtype)
    return recipe_of(run, **others)


def must_be_full(base: "PreTrainedModel", run: Path) -> None:
    """Stop at quantised weights: of a model on the hub it is known only when they are loaded."""
    if getattr(base, "is_quantized", False):
        raise PitchpipeError(NOT_FULL.format(run=run))


def finer(stored: str, wanted: str) -> str:
    """The type to compute in: that of the files, unless the merged model is to be of a finer one."""
    return "float32" if wanted == "float32" or stored not in LIMITS else stored


def _other_base(base: str, known: Json) -> Json:
    if "folder" not in known:
        raise PitchpipeError("--base: the run's model has no files of its own, so it can be no other")
    folder = Path(base).expanduser()
    is_folder = (folder / "config.json").exists()
    if is_folder:
        return {"folder": str(folder.resolve()), "name": None, "revision": None}
    if folder.exists() or base.startswith((".", "/", "~")):
        raise PitchpipeError(f"--base: no model in {base}: it holds no config.json")
    return {"name": base, "folder": None, "revision": None}


def _adapter(run: Path) -> dict[str, Any]:
    return msgspec.json.decode((run / "model/adapter_config.json").read_bytes(), type=dict[str, Any])


def must_be_the_base(run: Path, recipe: Recipe) -> None:
    """Stop where the base's files are not those that the adapter was trained on."""
    model = recipe[MODEL]
    assert model
    stages = msgspec.json.decode((run / "run.json").read_bytes(), type=Json)["stages"]
    known = stages.get("train", {}).get("parts", {}).get(WEIGHTS)
    if known and known != model.bound.inputs().get("weights"):
        raise PitchpipeError(
            f"the base's weights are not those that {run} was trained on: its files have changed since. Put"
            " them back, or train again. If you know that they are the same, name them: --base FOLDER"
        )


def loaded(folder: Path, dtype: str, recipe: Recipe) -> "PreTrainedModel":
    """A merged model, loaded from its folder as anybody would."""
    said = recipe[MODEL]
    assert said
    options = {name: said.options[name] for name in LOADED_SO if name in said.options}
    where = {"folder": str(folder.resolve()), "dtype": dtype}
    document = Document(folder / "recipe", {"model": {"transformers": {**options, **where}}})
    model = checked(document, recipe.host, whole=False)[MODEL]
    assert model
    return model.bound.weights()
