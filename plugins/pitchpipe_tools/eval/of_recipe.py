"""`eval` of a recipe: its run's model, where it is trained; else the base that it names."""

from pathlib import Path

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.document import Document
from pitchpipe_stages.generate.places import run_of
from pitchpipe_stages.render.sections import MODEL
from pitchpipe_stages.train.sections import TRAINER
from pitchpipe_tools.eval.asked_for import AskedFor
from pitchpipe_tools.eval.recipe_to_score import TRAINING, ToScore, of_run, with_questions
from pitchpipe_tools.recipe_argument import load_all
from pitchpipe_tools.recipe_file.from_run import Runs


def of_recipe(name: str, asked: AskedFor, overrides: tuple[str, ...], runs: Path) -> ToScore:
    """What to run for a recipe. The overrides are part of it."""
    recipe = load_all(name, overrides, Runs(runs)).recipe
    if asked.template or asked.base:
        raise PitchpipeError(f"{name} is a recipe, which says so itself: --set template=... or model=...")
    if recipe[MODEL] is None:
        raise PitchpipeError(f"{name} has no model: nothing can be scored")
    folder = Runs(runs).of(recipe.path)
    if recipe[TRAINER] and (folder / "model").is_dir() and (run := run_of(folder, speaks=False)):
        click.echo(f"{name} has been run: what {run} holds is scored, beside its base", err=True)
        return of_run(run, asked, recipe.host)
    if recipe[TRAINER]:
        click.echo(f"{name} has not been trained: its base alone is scored", err=True)
    data = {section: value for section, value in recipe.data.items() if section not in TRAINING}
    document = Document(recipe.path, with_questions(data, asked, recipe.host))
    return ToScore(document, recipe.path.stem + ("-eval" if recipe[TRAINER] else ""))
