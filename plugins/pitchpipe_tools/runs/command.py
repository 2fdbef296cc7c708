"""The command `runs`."""

import os
import shutil
import sys
from pathlib import Path

import click

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe_stages.console import RichConsole, bytes_in_words
from pitchpipe_tools.runs.found import FoundRun, at_rest, runs_in


@click.command()
@click.option(
    "--runs", type=click.Path(path_type=Path), default="runs", show_default=True, help="Folder of all runs."
)
@click.option("--remove", multiple=True, metavar="NAME", help="Remove this run. May be repeated.")
@click.option("--yes", is_flag=True, help="Remove without a question.")
def runs(runs: Path, remove: tuple[str, ...], yes: bool) -> None:
    """List the runs in a folder: recipe, time, state, scores and size. Or remove some.

    A run that began with the model of another one is followed by that one's folder.
    A run that is at work is never removed. NAME/kept/1 is a model that a run kept before it trained another.
    """
    found = runs_in(runs)
    if remove:
        _remove([_named(name, found, runs) for name in dict.fromkeys(remove)], found, yes)
    elif found:
        _show(found)
    else:
        click.echo(f"no runs in {runs}")


def _show(found: list[FoundRun]) -> None:
    rows = [
        [
            run.name,
            _shown(run),
            f"{run.when:%Y-%m-%d %H:%M}",
            run.state,
            _scores(run),
            bytes_in_words(run.size),
        ]
        for run in found
    ]
    RichConsole().table("", ["run", "recipe", "when", "state", "scores", "size"], rows, left=5)


def _shown(run: FoundRun) -> str:
    """A recipe's path, as seen from here where that is shorter, and the run that it began with."""
    if not run.recipe:
        return ""
    shown = min(run.recipe, os.path.relpath(run.recipe), key=len)
    gone = "" if os.path.exists(run.recipe) else " (gone)"
    return f"{shown}{gone}" + (f"\nfrom {run.origin}" if run.origin else "")


def _scores(run: FoundRun) -> str:
    """The scores of the tuned model, or of the base where it is alone."""
    side = run.scores.get("tuned") or run.scores.get("base") or {}
    return "\n".join(f"{name} {_number(score)}" for name, score in side.items())


def _number(score: dict[str, float | bool | None]) -> str:
    value = score.get("value")
    if value is None:
        return "none"
    return f"{value:.1%}" if score.get("is_share") else f"{value:.4g}"


def _named(name: str, found: list[FoundRun], folder: Path) -> FoundRun:
    """The run of this name; the path of its folder will do too."""
    names = {run.name: run for run in found}
    wanted = name.rstrip("/")
    by_path = {str(run.path): run for run in found}
    if run := names.get(wanted) or by_path.get(os.path.normpath(wanted)):
        return run
    raise PitchpipeError(f"no run {name} in {folder}.{suggest(wanted, names)}")


def _remove(found: list[FoundRun], every: list[FoundRun], yes: bool) -> None:
    """Removes runs, after a question that says how much goes, and what is left without its beginning."""
    for run in found:
        if run.path.is_symlink():
            raise PitchpipeError(f"{run.path} is a link: remove it yourself")
    total = bytes_in_words(sum(run.size for run in found))
    said = "\n".join(
        f"  {run.path}  {bytes_in_words(run.size)}  {run.state}{_led_to(run, every)}" for run in found
    )
    if not yes:
        if not sys.stdin.isatty():
            raise PitchpipeError(f"these would be removed, {total} in all:\n{said}\nTo do so, add --yes")
        click.echo(said)
        click.confirm(f"Remove them, {total} in all, with the models in them?", abort=True)
    for run in found:
        _remove_one(run)


def _led_to(run: FoundRun, every: list[FoundRun]) -> str:
    """The runs that began with this one: some may need its model still."""
    later = [other.name for other in every if other.origin and other.origin.resolve() == run.path.resolve()]
    return f"; {', '.join(later)} began with it" if later else ""


def _remove_one(run: FoundRun) -> None:
    home = run.path.parents[1] if "/" in run.name else run.path
    with at_rest(home) as rests:
        if not rests:
            raise PitchpipeError(f"{home} is at work, so nothing of it is removed: stop it first")
        shutil.rmtree(run.path)
    click.echo(f"removed {run.path}")
