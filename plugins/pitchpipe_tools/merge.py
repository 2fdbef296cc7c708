"""pitchpipe merge: a run's adapter into its base, proven before it is kept."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pitchpipe.errors import PitchpipeError, suggest

if TYPE_CHECKING:
    from pitchpipe_stages.export.merge import Dtype, MergeOrder
    from pitchpipe_stages.merge.agreement import Agreement

DTYPES = ("auto", "float32", "bfloat16", "float16")


@click.command()
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.option(
    "--to", type=click.Path(path_type=Path), metavar="FOLDER", help="Where to. [default: RUN/merged]"
)
@click.option(
    "--dtype",
    type=click.Choice(DTYPES),
    default="auto",
    show_default=True,
    help="Type of the weights; auto is that of the base's files.",
)
@click.option(
    "--adapter",
    "others",
    multiple=True,
    metavar="RUN_OR_FOLDER",
    help="Another adapter of the same base, to be added up with RUN's. May be repeated.",
)
@click.option(
    "--weight",
    "weights",
    multiple=True,
    type=float,
    metavar="NUMBER",
    help="How much of an adapter: the first of RUN's, the next of each --adapter. [default: 1 of each]",
)
@click.option(
    "--base",
    metavar="NAME_OR_FOLDER",
    help="Other files of the same base, such as the full weights of one that was quantised.",
)
@click.option("--force", is_flag=True, help="Overwrite a folder that is no merged model.")
def merge(
    run: Path,
    to: Path | None,
    dtype: "Dtype",
    others: tuple[str, ...],
    weights: tuple[float, ...],
    base: str | None,
    force: bool,
) -> None:
    """Merge the adapter of RUN, a run's folder, into its base: a whole model, which needs nothing else.

    The weights are merged into those of the base as they were before any quantisation. Then the merged model
    and the base with its adapter are asked the same prompts. Unless they say the same, within what rounding
    explains, nothing is kept.
    """
    from pitchpipe_stages.export.merge import MergeOrder
    from pitchpipe_stages.model.load import is_whole
    from pitchpipe_tools.cures import cured

    found, count = _run(run), 1 + len(others)
    if weights and len(weights) != count:
        raise PitchpipeError(
            f"{len(weights)} times --weight, and there are {count} adapters: give one for RUN and one for"
            " each --adapter, in that order"
        )
    if is_whole(found / "model"):
        _say_whole(found, to or others or base or dtype != "auto")
        return
    with cured():
        _merge(
            MergeOrder(found, dtype, others, weights or (1.0,) * count, base), to or found / "merged", force
        )


def _run(place: Path) -> Path:
    from pitchpipe_stages.generate.opened import run_of

    if found := run_of(place):
        return found
    near = [str(mark.parent) for mark in place.parent.glob("*/run.json")] if place.parent.is_dir() else []
    if (place / "adapter_config.json").exists():
        raise PitchpipeError(
            f"{place} is an adapter without its run, which knows the template and the base. Name the run."
        )
    raise PitchpipeError(f"{place} is no run: it holds no run.json.{suggest(str(place), near)}")


def _say_whole(run: Path, asked_for_more: object) -> None:
    """Nothing is to be done; which is a failure where something else was asked for."""
    said = f"{run / 'model'} is a whole model already: there is no adapter to merge."
    if asked_for_more:
        raise PitchpipeError(
            f"{said} To keep the adapter of a run, train it with the adapter's option `save: adapter`."
        )
    click.echo(said)


def _merge(wanted: "MergeOrder", target: Path, force: bool) -> None:
    from pitchpipe_stages.console import RichConsole, escape
    from pitchpipe_stages.export.merge import RunMerge
    from pitchpipe_stages.merge.target import in_its_place

    console = RichConsole()
    try:
        with in_its_place(target, wanted.run, force) as new:
            proof = RunMerge(wanted, console).into(new, target)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("the beginning, and nothing of this one is left") from None
    console.say(escape(proof))
    if proof.trained:
        console.say(
            "[yellow]Merged into the full weights, it is not quite what was trained on the quantised ones:[/]"
            f" {escape(_difference(proof.trained))}. The run's scores are those of the quantised model."
        )
    size = sum(file.stat().st_size for file in target.iterdir())
    console.say(
        f"The merged model, {size / 1e6:,.1f} MB in {proof.dtype}, ready to load or serve:"
        f" [bold]{escape(target)}[/]"
    )


def _difference(trained: "Agreement") -> str:
    differ, parted = trained.tokens - trained.same, len(trained.partings)
    return (
        f"{differ:,} of {trained.tokens:,} greedy tokens differ, {parted} of {trained.answers} answers part,"
        f" and a logit by at most {trained.difference:.2g}, {trained.largest:.1g} of their spread"
    )
