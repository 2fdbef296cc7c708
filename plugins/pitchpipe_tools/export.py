"""pitchpipe export: a tuned model in the form that a server or a library wants, proven."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.host.host import Host
from pitchpipe_tools.recipe_argument import host_with_warnings, overrides_option

if TYPE_CHECKING:
    from pitchpipe.recipe.recipe import Use
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_stages.export.export import Exported

SET_HELP = (
    "An option of the format, as in --set type=q8_0. May be repeated. `pitchpipe show exporter FORMAT` lists"
    " them."
)
FEW = 0.5  # of the model's own tokens
ROUGH = (
    "rounded so, it says other things than the model: measure its scores before you serve it, or take a type"
    " of more bits"
)


@click.command()
@click.argument("place", metavar="RUN_OR_MODEL")
@click.option(
    "--to", "form", default="", is_flag=False, flag_value="", metavar="FORMAT",
    help="The format. Without one, all are listed.",
)  # fmt: skip
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write. [default: RUN/exports/FORMAT, or NAME-FORMAT for a model that is no run]",
)
@overrides_option(SET_HELP)
@click.option("--force", is_flag=True, help="Replace an export that is there.")
@click.option(
    "--push",
    "name",
    metavar="NAME",
    help="Put the export on the hub as NAME too, with the token of `hf auth login` or HF_TOKEN.",
)
@click.option("--private", is_flag=True, help="With --push: nobody but you and yours sees it.")
def export(
    place: str,
    form: str,
    out: Path | None,
    overrides: tuple[str, ...],
    force: bool,
    name: str | None,
    private: bool,
) -> None:
    """Write the tuned model of RUN_OR_MODEL in another form, and prove what was written.

    RUN_OR_MODEL is a run's directory, a folder that holds a model, or a name on the hub. An adapter is merged
    into its base first where the format needs a whole model. What was written is loaded in a process of its
    own, without pitchpipe: it must have the prompts of training and give the model's own tokens, or nothing
    is kept. An export that is there already and fits is pushed as it is: so an upload that broke off goes on.
    """
    from pitchpipe_stages.console import RichConsole, escape
    from pitchpipe_stages.export.export import export, is_there
    from pitchpipe_stages.export.origin import default_place
    from pitchpipe_stages.export.push import HubPlace
    from pitchpipe_tools.cures import cured

    if private and not name:
        raise PitchpipeError("--private is for what is pushed: --push NAME says where")
    use, console = _exporter(host_with_warnings(Path.cwd()), form, overrides), RichConsole()
    with cured():
        out = out or default_place(place, use.name)
        hub = HubPlace.checked(name, private, force) if name else None
        if hub and not force and is_there(place, use, out):
            console.say(f"{escape(out)} is there, of this very model: nothing to write anew")
        else:
            _show(export(place, use, out, force, console), console)
        if hub:
            console.say(f"[bold]{escape(hub.push(out, console))}[/]")


def _exporter(host: Host, form: str, overrides: tuple[str, ...]) -> "Use":
    """The exporter of that name, with its options checked."""
    from pitchpipe.recipe.checker import Checker
    from pitchpipe.recipe.document import Document

    known = {component.name for component in host.all("exporter")}
    if not form or (":" not in form and form not in known):
        said = f"no format {form}.{suggest(form, known)}" if form else "--to FORMAT says in which form."
        raise PitchpipeError(f"{said} There are:\n{_listed(host)}")
    document = Document(Path.cwd() / "--set", {})
    checker = Checker(document, Path.cwd(), host)
    use = checker.use("exporter", (form,), {form: _options(overrides)}, bare=True)
    if document.problems or use is None:
        raise PitchpipeError("\n".join(str(problem).removeprefix("--set: ") for problem in document.problems))
    if gone := use.component.missing():
        raise PitchpipeError(f"--to {form} needs {' and '.join(gone)}: {use.component.cure}")
    return use


def _options(overrides: tuple[str, ...]) -> dict[str, object]:
    from pitchpipe_tools.recipe_file.overrides import override

    options: dict[str, object] = {}
    for text in overrides:
        override(text)(options)
    return options


def _listed(host: Host) -> str:
    width = max((len(component.name) for component in host.all("exporter")), default=0)
    return "\n".join(f"  {c.name:<{width}}  {c.summary}" for c in host.all("exporter"))


def _show(done: "Exported", console: "RichConsole") -> None:
    """Says where it lies, how it was proven, and how to serve it."""
    from pitchpipe_stages.console import escape

    console.say(
        f"[bold]{escape(done.folder)}[/]: asked by {escape(done.by)}, the prompts have the ids of training"
    )
    if done.rounded:
        console.say(f"  the model with the weights that were written says the same: {done.rounded}")
        console.say(f"  the model itself: {done.agrees}")
        if done.agrees.share < FEW:
            console.say(f"[yellow]warning:[/] {ROUGH}")
    else:
        console.say(f"  the model says the same: {done.agrees}")
    for note in done.notes:
        console.say(f"[yellow]note:[/] {escape(note)}")
    if done.commands:
        console.say("Serve it:")
    for command in done.commands:
        console.say(f"  [bold]{escape(command)}[/]")
