"""pitchpipe new"""

from pathlib import Path

import click

from pitchpipe_tools.new.package import OFFERS, shown_by, write_package

HELP = f"""Write a plugin package that offers a KIND called NAME, with a test that passes at once.

KIND is {", ".join(OFFERS[:-1])} or {OFFERS[-1]}.
"""


@click.command(help=HELP)
@click.argument("kind", metavar="KIND", type=click.Choice(OFFERS))
@click.argument("name")
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    show_default=True,
    help="Where the package's folder goes.",
)
def new(kind: str, name: str, to: Path) -> None:
    folder = write_package(kind, name, to)
    click.echo(f"wrote {folder}. Next:")
    click.echo(f"  pip install -e {folder}")
    click.echo(f"  pytest {folder}")
    click.echo(f"  {shown_by(kind, name)}")
