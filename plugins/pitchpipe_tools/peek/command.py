"""The command `peek`."""

from pathlib import Path

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe_tools.cures import cured
from pitchpipe_tools.recipe_argument import load_all, load_recipe, recipe_argument

COMPARED = ("model", "template", "collator")  # sections that decide the tokens of a conversation
ON_A_PAGE = 10  # rows


@click.command()
@recipe_argument
@click.option(
    "-n",
    "--count",
    type=click.IntRange(1),
    help=f"Number of rows of each source. [default: 1, or {ON_A_PAGE} with --html]",
)
@click.option(
    "--skip",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Number of rows of each source to skip.",
)
@click.option("--source", help="Show only the source of this name, as in the recipe or in its reports.")
@click.option(
    "--beside",
    multiple=True,
    metavar="KEY=VALUE",
    help="Show a second column, made with this override of model, template or collator, as in"
    " --beside template=llama3. May be repeated: all overrides make one column.",
)
@click.option(
    "--all-tokens", is_flag=True, help="Show all tokens, not only the last ones, and rows of any length."
)
@click.option(
    "--html", type=click.Path(path_type=Path), metavar="PATH", help="Write a page instead, one file of HTML."
)
@cured()
def peek(
    recipe: str,
    overrides: tuple[str, ...],
    count: int | None,
    skip: int,
    source: str | None,
    beside: tuple[str, ...],
    all_tokens: bool,
    html: Path | None,
) -> None:
    """Show the first rows of each source of RECIPE at every hop.

    The row as it was read, the conversation that it became, the decision of each filter, the text that the
    template wrote, and the tokens. Learned text is green in a terminal and stands between > and < elsewhere;
    the token that ends a reply is called stop.
    """
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.peek.columns import Column

    _check_beside(beside)
    if html:
        _check_target(html)
    columns = [Column(load_recipe(recipe, overrides))]
    if beside:
        columns.append(Column(load_all(recipe, (*overrides, *beside)).recipe, beside))
    if html:
        from pitchpipe_tools.peek.page import write

        click.echo(write(html, columns, count or ON_A_PAGE, skip, source))
    else:
        from pitchpipe_tools.peek.terminal import show

        show(columns, RichConsole(), count or 1, skip, source, all_tokens)


def _check_beside(settings: tuple[str, ...]) -> None:
    for setting in settings:
        section = setting.partition("=")[0].partition(".")[0].strip()
        if section not in COMPARED:
            raise PitchpipeError(
                f"--beside {setting}: both columns hold the same rows. --beside sets {', '.join(COMPARED)};"
                " for anything else, use --set"
            )


def _check_target(html: Path) -> None:
    if html.suffix not in (".html", ".htm"):
        raise PitchpipeError(f"--html {html}: a page is written there; give it a name that ends in .html")
    if not html.absolute().parent.is_dir():
        raise PitchpipeError(f"--html {html}: there is no folder {html.parent}")
