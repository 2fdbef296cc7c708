"""Opens a model to ask it, in the very words of training: that of a run, of a folder, or of the hub."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.host.contracts import Console
from pitchpipe.host.host import Host
from pitchpipe.recipe.checked import checked
from pitchpipe.recipe.document import Document
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Json
from pitchpipe.run.directory import MARK
from pitchpipe_stages.console import escape
from pitchpipe_stages.model.ends import Ends
from pitchpipe_stages.model.load import RecipeModel
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.rendering import Rendering

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

PARTS = ("model", "adapter", "template", "collator")  # sections that decide how a model is asked


@dataclass
class Opened:
    """A model with its tokenizer, its template and its ends. `run` is where it was trained, if it was."""

    recipe: Recipe
    rendering: Rendering
    loader: RecipeModel
    model: "PreTrainedModel"
    run: Path | None

    @property
    def tokenizer(self) -> "PreTrainedTokenizerFast":
        return self.rendering.tokenizer

    @property
    def renderer(self) -> Renderer:
        return self.rendering.renderer

    def release(self) -> None:
        """Forgets the model, so that another has room. What was found out about its ends stays."""
        _ = self.ends
        del self.model

    @cached_property
    def ends(self) -> Ends:
        """The tokens that end a reply: `ends.every`."""
        return Ends.of(self.model, self.tokenizer, self.renderer)


def opened(place: str, console: Console, tuned: bool = True) -> Opened:
    """The model of a run's directory, tuned or its base; of a model's folder; or of a name on the hub.

    A folder and a name hold one model, which is taken for the tuned one and for the base.
    """
    run = run_of(Path(place))
    recipe = recipe_of(run) if run else _plain(place)
    rendering = Rendering.of(recipe)
    assert rendering
    with console.waiting(f"loading {'the base of ' * (not tuned)}{escape(place)}"):
        loader = RecipeModel(recipe, rendering)
        model = loader.tuned(run / "model") if run and tuned else loader.base()
    return Opened(recipe, rendering, loader, model, run)


def run_of(path: Path) -> Path | None:
    """The run that a path means: its directory, or the model in it."""
    for folder in (path, path.parent) if path.name == "model" else (path,):
        if folder.is_dir() and any((folder / name).exists() for name in MARK):
            if not (folder / "model").is_dir():
                raise PitchpipeError(f"{folder} has no trained model. Run its recipe again to make one.")
            return folder
    return None


def recipe_of(run: Path, **model: object) -> Recipe:
    """What a run's recipe says of its model, as it was run; with other options of the model, or without some
    that are None."""
    known = msgspec.json.decode((run / "run.json").read_bytes(), type=dict[str, object])
    said = msgspec.json.decode((run / "recipe.json").read_bytes(), type=Json)
    parts = {name: said[name] for name in PARTS if name in said}
    return _checked(Path(str(known["recipe"])), parts | {"model": _with(parts["model"], model)})


def _with(said: str | Json, others: Json) -> str | Json:
    """A component with other options."""
    if not others:
        return said
    name, options = (said, {}) if isinstance(said, str) else next(iter(said.items()))
    changed = {**(options or {}), **others}
    return {name: {option: value for option, value in changed.items() if value is not None}}


def _plain(place: str) -> Recipe:
    """A recipe for a model that has its own template."""
    folder = Path(place)
    if (folder / "config.json").exists():
        where = {"folder": str(folder.resolve())}
    elif folder.exists() or place.startswith((".", "/", "~")) or place.count("/") > 1:
        near = (
            [str(path) for path in folder.parent.glob("*") if path.is_dir()] if folder.parent.is_dir() else []
        )
        raise PitchpipeError(
            f"{place} is no run and no model: it holds no run.json and no config.json.{suggest(place, near)}"
        )
    else:
        where = {"name": place}
    return _checked(Path.cwd() / place, {"model": {"transformers": where}, "template": "tokenizer"})


def _checked(path: Path, data: Json) -> Recipe:
    host = Host.from_environment(path.parent)
    return checked(Document(path, data), host, whole=False)
