"""The runs that come before a recipe's own: in order, each where it can be."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.train import ranks
from pitchpipe_stages.train.launch import LAUNCH
from pitchpipe_tools.recipe_file.from_run import FROM, Runs, recipe_that_ran
from pitchpipe_tools.recipe_file.load import Loaded, load


def one_after_another(
    last: Loaded, overrides: Sequence[str], runs: Runs, folder: Path
) -> Iterator[tuple[Recipe, Path, str]]:
    """Each recipe, the directory of its run, and which of several it is. The last one's is `folder`. A recipe
    that begins with a run is read when that run is done."""
    chain = last.chain()
    folders = [*(runs.of(loaded.recipe.path) for loaded in chain[:-1]), folder]
    _must_be_possible(chain, folders)
    if _together(last):
        yield last.recipe, folder, ""
        return
    for number, (loaded, place) in enumerate(zip(chain, folders, strict=True), 1):
        path, recipe = loaded.recipe.path, loaded.recipe
        if loaded.first:
            said = overrides if loaded is last else ()
            recipe = load(path, Host.from_environment(path.parent), *said, runs=runs)
        yield recipe, place, f"{number} of {len(chain)}" if last.first else ""


def _must_be_possible(chain: Sequence[Loaded], folders: Sequence[Path]) -> None:
    """Stops before the first run where a later one could not be."""
    if missing := [line for loaded in chain for line in loaded.recipe.missing()]:
        raise PitchpipeError("\n".join(missing))
    for loaded, folder in zip(chain[:-1], folders, strict=False):
        path = loaded.recipe.path
        cure = f"Run it under another name, and begin with that: pitchpipe run {path} --name OTHER, then"
        cure = f"{cure} `{FROM}:` with the folder of that run."
        if folders.count(folder) > 1:
            raise PitchpipeError(f"{folder} would be the run of {path} and of a recipe after it. {cure}")
        if (other := recipe_that_ran(folder)) and not other.samefile(path):
            raise PitchpipeError(f"{folder} is the run of {other}, and not of {path}. {cure}")
    if _together(chain[-1]) and chain[-1].note:
        raise PitchpipeError(
            f"{chain[-1].note}.\nWhere a launcher's processes or several machines train together, a command"
            f" runs one recipe: run {chain[-2].recipe.path} so first."
        )


def _together(last: Loaded) -> bool:
    """Whether other processes are at work on the recipe from its beginning, and know of no other recipe."""
    return ranks.size() > 1 or last.recipe[LAUNCH].machines > 1
