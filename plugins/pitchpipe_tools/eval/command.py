"""The command `eval`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe.run.directory import Run
from pitchpipe_tools.next_steps import show_report
from pitchpipe_tools.recipe_argument import host_with_warnings, overrides_option, shipped_recipes
from pitchpipe_tools.run import run_one

if TYPE_CHECKING:
    from pitchpipe.recipe.recipe import Recipe
    from pitchpipe_tools.eval.asked_for import AskedFor

RECIPES = (".yaml", ".yml")
SET_HELP = "Override one value of the recipe that is run, as in --set evaluators.safety.max_new_tokens=100."


@click.command("eval")
@click.argument("place", metavar="RECIPE_OR_MODEL")
@click.option(
    "--evaluators",
    default="",
    metavar="NAME,...",
    help="Who scores. [default: the recipe's, or perplexity, overlap and repetition on data; and"
    " instructions, safety]",
)
@click.option(
    "--data", multiple=True, metavar="FILE", help="Score on these rows, all of them. May be repeated."
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Ask each evaluator's first N questions.")
@click.option(
    "--base", default="", metavar="MODEL", help="Score this model beside it, as the one it was tuned from."
)
@click.option("--template", default="", metavar="NAME", help="The template of a model that has none.")
@overrides_option(SET_HELP)
@click.option(
    "--runs", type=click.Path(path_type=Path), default="runs", show_default=True, help="Folder of all runs."
)
@click.option("--name", help="Name of the folder of the scores. [default: that of the model, with -eval]")
def evaluate(
    place: str,
    evaluators: str,
    data: tuple[str, ...],
    limit: int | None,
    base: str,
    template: str,
    overrides: tuple[str, ...],
    runs: Path,
    name: str | None,
) -> None:
    """Score a model without training it: the model of a run, beside its base; one in a folder, whole or an
    adapter; one of the hub; or that of a recipe.

    The scores and a report are written to runs/NAME. Without --data, evaluators ask a run's own held-out
    conversations, or bring questions: `instructions` and `safety` do. Run the same command again and it goes
    on where it was stopped.
    """
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.cures import cured
    from pitchpipe_tools.eval.asked_for import AskedFor

    asked = AskedFor(
        tuple(one.strip() for one in evaluators.split(",") if one.strip()), data, limit, template, base
    )
    console = RichConsole()
    with cured():
        recipe, usual = _recipe(place, asked, overrides, runs)
        finished = run_one(recipe, runs / (name or usual), "", console, 0, None)
    if finished:
        _tell(finished)


def _recipe(place: str, asked: "AskedFor", overrides: tuple[str, ...], runs: Path) -> "tuple[Recipe, str]":
    """The checked recipe, and the name of its run."""
    from pitchpipe_tools.eval.of_recipe import of_recipe
    from pitchpipe_tools.eval.recipe_to_score import to_score
    from pitchpipe_tools.recipe_file.load import as_overridden

    path = Path(place)
    if path.is_file() and path.suffix not in RECIPES:
        raise PitchpipeError(
            f"{place} is a file, and no recipe. Name a model, and this file with --data {place}"
        )
    if path.suffix in RECIPES or (not path.is_dir() and place in shipped_recipes()):
        scored = of_recipe(place, asked, overrides, runs)
        return as_overridden(
            scored.document, host_with_warnings(scored.document.path.parent), ()
        ), scored.name
    host = host_with_warnings(Path.cwd())
    scored = to_score(place, asked, host)
    return as_overridden(scored.document, host, overrides), scored.name


def _tell(run: Run) -> None:
    """Show in a sentence what came of it, and what to look at."""
    from pitchpipe_stages.console import escape
    from pitchpipe_stages.evaluate.evaluated import Evaluated

    evaluation = Evaluated.read(run.path)
    if evaluation is None:
        raise PitchpipeError(f"{run.recipe.path} has no evaluators: name some with --evaluators")
    if evaluation.upshot.sentence:
        run.console.say(f"[bold]{escape(evaluation.upshot.sentence)}[/]")
    show_report(run)
    run.console.say(f"[dim]the scores: {escape(run.path / 'scores.json')}[/]")
