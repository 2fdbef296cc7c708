"""What a person means who names a model: a run, a folder, a name on the hub; and the recipe to open it by."""

from pathlib import Path

import msgspec

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.host.host import Host
from pitchpipe.recipe.checked import checked
from pitchpipe.recipe.document import Document
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Json
from pitchpipe.run.directory import MARK
from pitchpipe_stages.model.scorer import saved_scorer
from pitchpipe_stages.prepare.result import Prepared
from pitchpipe_stages.render.sections import MODEL

PARTS = ("model", "adapter", "template", "collator")  # sections that decide how a model is asked


class NoChatTemplate(PitchpipeError):
    """A model that has no chat template, where none is named."""


def run_of(path: Path, speaks: bool = True) -> Path | None:
    """The run that a path means: its directory, or the model in it, which `speaks` if it is to be asked."""
    for folder in (path, path.parent) if path.name == "model" else (path,):
        if folder.is_dir() and any((folder / name).exists() for name in MARK):
            if not (folder / "model").is_dir():
                raise PitchpipeError(f"{folder} has no trained model yet. {_how_to_finish(folder)}")
            if speaks:
                _must_speak(folder / "model")
            return folder
    return None


def recipe_of(run: Path, **model: object) -> Recipe:
    """What a run's recipe says of its model, as it was run; with other options of the model, or without some
    that are None."""
    said = msgspec.json.decode((run / "recipe.json").read_bytes(), type=Json)
    parts = {name: said[name] for name in PARTS if name in said}
    return _checked(Path(str(_known(run)["recipe"])), parts | {"model": _with(parts["model"], model)})


def _with(said: str | Json, others: Json) -> str | Json:
    """A component with other options."""
    if not others:
        return said
    name, options = (said, {}) if isinstance(said, str) else next(iter(said.items()))
    changed = {**(options or {}), **others}
    return {name: {option: value for option, value in changed.items() if value is not None}}


def variables_of(run: Path) -> Json:
    """What servers of a run's model tell its chat template: what most replies that it learned were told."""
    result = _known(run).get("stages", {}).get("prepare", {}).get("result")
    return msgspec.convert(result, Prepared).defaults() if result else {}


def recipe_for(model: Json, place: str, template: str | Json, tokenizer: Path | None) -> Recipe:
    """A recipe for a model with its own template, or with the named one; `model` is a folder or a name."""
    where = model or _where(place)
    path = Path.cwd() / "recipe.yaml"
    found: Json = {"model": {"transformers": where}, "template": template or "tokenizer"}
    recipe = _checked(path, found)
    use = recipe[MODEL]
    assert use
    if use.bound.encoder_decoder:
        found |= {"collator": "seq2seq"}
    if not template and not _has_chat_template(recipe, tokenizer):
        if not use.bound.encoder_decoder:
            raise NoChatTemplate(
                f"{place} has no chat template. Name the one that it was tuned with, or any for a base model:"
                " --template chatml. `pitchpipe show template` lists them."
            )
        found["template"] = "seq2seq"
    return _checked(path, found)


def recipe_like(recipe: Recipe, model: Json, place: str) -> Recipe:
    """A recipe that asks another model, a folder or a name, as this one asks its own."""
    parts = {name: recipe.data[name] for name in PARTS if name in recipe.data and name != "adapter"}
    return _checked(recipe.path, parts | {"model": {"transformers": model or _where(place)}})


def _has_chat_template(recipe: Recipe, tokenizer: Path | None) -> bool:
    from pitchpipe_stages.render.rendering import Rendering

    return bool(Rendering(recipe, tokenizer).tokenizer.chat_template)


def _where(place: str) -> Json:
    folder = Path(place).expanduser()
    if (folder / "config.json").exists():
        _must_speak(folder)
        return {"folder": str(folder.resolve())}
    if folder.suffix in (".yaml", ".yml"):
        raise PitchpipeError(f"{place} is a recipe. A run of it holds a model: {_runs_named(folder.stem)}")
    if (Path("runs") / place).is_dir():
        raise PitchpipeError(f"{place} is no model. Did you mean 'runs/{place}'?")
    if (
        folder.exists()
        or place.startswith((".", "/", "~"))
        or place.count("/") > 1
        or place.startswith("runs/")
    ):
        raise PitchpipeError(_nothing_at(place, folder))
    return {"name": place}


def _nothing_at(place: str, folder: Path) -> str:
    if folder.exists():
        inside = [str(path.parent) for path in folder.glob("*/run.json")]
        more = f" Runs in it: {', '.join(sorted(inside))}." if inside else ""
        return (
            f"{place} is no run and no model: it holds no run.json, config.json or adapter_config.json.{more}"
        )
    near = [str(path) for path in folder.parent.glob("*") if path.is_dir()] if folder.parent.is_dir() else []
    return f"there is no {place}.{suggest(place, near)}"


def _runs_named(name: str) -> str:
    """How a run of a recipe is named."""
    if (Path("runs") / name).is_dir():
        return f"runs/{name}"
    return f"pitchpipe run makes one, runs/{name}"


def _how_to_finish(run: Path) -> str:
    known = _known(run)
    recipe = known.get("recipe", "RECIPE")
    if "train" in known.get("stages", {}):
        return f"Its training is not done: pitchpipe run {recipe} goes on with it."
    return f"It is not trained: pitchpipe run {recipe} does it, if the recipe has a trainer."


def _known(run: Path) -> Json:
    file = run / "run.json"
    try:
        return msgspec.json.decode(file.read_bytes(), type=Json) if file.exists() else {}
    except msgspec.DecodeError:
        raise PitchpipeError(f"{file} is damaged") from None


def _must_speak(folder: Path) -> None:
    """Stop at a model that gives numbers: one that judges replies, or sorts texts."""
    if saved_scorer(folder):
        raise PitchpipeError(
            f"{folder} holds a model that gives a score, such as a reward: it writes no text"
        )


def _checked(path: Path, data: Json) -> Recipe:
    host = Host.from_environment(path.parent)
    return checked(Document(path, data), host, whole=False)
