"""pitchpipe doctor"""

import click


@click.command()
def doctor() -> None:
    """Look at this machine: versions, extras, devices, plugins; what is missing, and how to get it."""
    from pitchpipe import examine
    from pitchpipe.console import Console

    console = Console()
    for title, head, rows in examine.everything():
        console.table(title, head, rows, left=len(head))
