"""pitchpipe new"""

from pathlib import Path

import click

from pitchpipe.host.hookspecs import KINDS
from pitchpipe_tools.recipe_argument import KIND_NAMES

HELP = f"""Write a plugin package that offers a KIND called NAME, with a test that passes at once.

KIND is {KIND_NAMES}.
"""


@click.command(help=HELP)
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@click.argument("name")
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    show_default=True,
    help="Where the package's folder goes.",
)
def new(kind: str, name: str, to: Path) -> None:
    from pitchpipe_tools.new.package import write_package

    folder = write_package(kind, name, to)
    click.echo(f"wrote {folder}. Next:")
    click.echo(f"  pip install -e {folder}")
    click.echo(f"  pytest {folder}")
    click.echo(f"  pitchpipe show {kind} {name}")
