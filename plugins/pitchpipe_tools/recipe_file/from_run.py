"""`from: sft.yaml` or `from: runs/sft`: a recipe begins with the model that another run has tuned.

What that run learned is the model here, as a folder or as an adapter on the run's own base; template and
collator are the run's unless the recipe says otherwise. A recipe after `from` is run first. As long as it has
not been, its own model and adapter stand in for what it will save.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pitchpipe.errors import PitchpipeError, Problem, suggest
from pitchpipe.recipe.document import Document, Place
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Json
from pitchpipe_stages.model.scorer import learns_to_score
from pitchpipe_stages.render.sections import MODEL, TEMPLATE
from pitchpipe_stages.train.sections import TRAINER
from pitchpipe_stages.train.stage import TRAIN
from pitchpipe_tools.recipe_file.taken_over import TakenOver
from pitchpipe_tools.recipe_file.variables import UnsetVariable

FROM = "from"
RUNS = Path("runs")  # the folder of all runs, where no other is said


@dataclass(frozen=True)
class Runs:
    """Which runs a command is about: where they are, and what is asked of each of them."""

    folder: Path = RUNS
    tiny: bool = False  # trials of small size
    launch: tuple[str, ...] = ()  # overrides that say who trains together

    def of(self, recipe: Path, name: str | None = None) -> Path:
        """The directory of a recipe's run."""
        return self.folder / (name or f"{recipe.stem}{'-tiny' if self.tiny else ''}")


USUAL = Runs()


@dataclass
class FirstRun:
    """The run that a recipe begins with."""

    place: Place  # that says so
    said: str
    recipe: Recipe  # of that run
    run: Path
    trained: bool  # its model is there, and is taken

    def fill(self, document: Document) -> Document:
        """What a recipe says, and what the run gives where the recipe says nothing."""
        return TakenOver(self.recipe, self.run if self.trained else None, self.said, self.place).fill(
            document
        )

    def hint(self, recipe: Recipe) -> None:
        """Adds to a recipe what a person may not have meant by it."""
        here, there = recipe[TEMPLATE], self.recipe[TEMPLATE]
        if here and there and here.name != there.name:
            words = f"conversations are written with {here.name}; {self.said} was tuned with {there.name}"
            recipe.hints.append(Problem(here.place, "template", words))


def begin_with_recipe(recipe: Recipe, said: str, place: Place, runs: Runs) -> FirstRun:
    """A recipe, which is run first."""
    for needed in (MODEL, TRAINER):
        if recipe[needed] is None:
            raise PitchpipeError(
                f"{place}: {FROM}: {said} tunes no model: it has no section `{needed.name}`. To share its"
                " sections, say `extends`."
            )
    if learns_to_score(recipe):
        words = "makes a reward model, which scores replies and gives none: there is nothing to begin with"
        raise PitchpipeError(f"{place}: {FROM}: {said} {words}.")
    run = runs.of(recipe.path)
    return FirstRun(place, said, recipe, run, _trained(run) and _read(run / "recipe.json") == recipe.data)


def begin_with_run(path: Path, said: str, place: Place, runs: Runs) -> FirstRun:
    """A run's directory, or the model in it. A trial of small size begins as that run began."""
    from pitchpipe_stages.generate.opened import recipe_of, run_of

    try:
        run = run_of(path)
    except PitchpipeError as error:
        raise PitchpipeError(f"{place}: {FROM}: {error}") from None
    if run is None:
        raise PitchpipeError(
            f"{place}: {FROM}: {said} is no run: it holds no run.json. A model in any other folder is"
            f" `model: {{transformers: {{folder: {said}}}}}`."
        )
    recipe = recipe_of(run)
    if not _trained(run):
        raise PitchpipeError(
            f"{place}: {FROM}: the training of {said} is not done. Go on with it: pitchpipe run {recipe.path}"
        )
    return FirstRun(place, said, recipe, run, trained=not runs.tiny)


def take_from(document: Document) -> tuple[str, Place] | None:
    """Takes `from` out of a document: what it says, and where."""
    data = document.data
    if not isinstance(data, dict) or FROM not in data:
        return None
    for problem in document.problems:
        if isinstance(problem, UnsetVariable) and problem.key == (FROM,) and problem.stands_in(document):
            raise PitchpipeError(str(problem))
    place, said = document.place((FROM,)), data.pop(FROM)
    if said is None:
        return None
    if not isinstance(said, str) or not said:
        raise PitchpipeError(f"{place}: {FROM}: expected a recipe or the folder of a run, got {said!r}")
    return said, place


def find_first(said: str, place: Place) -> Path:
    """The recipe or the run that `from` names, as seen from the folder of the file that says it."""
    path = Path(os.path.relpath(place.folder / os.path.expanduser(said)))
    if path.exists():
        return path
    if Path(said).exists():
        seen = os.path.relpath(said, place.folder)
        cure = f" Paths begin at the folder of the recipe that says them: {seen}"
    else:
        near = path.parent.iterdir() if path.parent.is_dir() else ()
        known = [file for file in near if file.is_dir() or file.suffix in (".yaml", ".yml")]
        cure = suggest(said, [os.path.relpath(file, place.folder) for file in known if file.name[0] != "."])
    raise PitchpipeError(f"{place}: {FROM}: no recipe and no run {said}.{cure}")


def must_not_turn(chain: tuple[Path, ...], path: Path, place: Place) -> None:
    """Stops where recipes begin with each other."""
    if path in chain:
        circle = (os.path.relpath(file, chain[0].parent) for file in (*chain[chain.index(path) :], path))
        raise PitchpipeError(f"{place}: {FROM}: these recipes begin with each other: {' -> '.join(circle)}")


def recipe_that_ran(run: Path) -> Path | None:
    """The recipe whose run a directory is, unless that recipe is gone."""
    known = _read(run / "run.json").get("recipe")
    return Path(known) if isinstance(known, str) and os.path.exists(known) else None


def _trained(run: Path) -> bool:
    """Whether training is done and its model is there."""
    stage = (_read(run / "run.json").get("stages") or {}).get(TRAIN.name) or {}
    return bool(stage.get("done")) and (run / "model").is_dir()


def _read(file: Path) -> Json:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Json)
    except (OSError, msgspec.DecodeError):
        return {}
