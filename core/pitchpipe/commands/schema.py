"""pitchpipe schema"""

from pathlib import Path

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of recipes, made from the components that are installed.

    Save it and name it in a recipe's first line, and an editor completes and explains every option:

    \b
        pitchpipe schema > recipe.schema.json
        # yaml-language-server: $schema=recipe.schema.json
    """
    import json

    from pitchpipe.host import Host
    from pitchpipe.schema import recipe_schema

    click.echo(json.dumps(recipe_schema(Host.from_environment(Path.cwd())), indent=2))
