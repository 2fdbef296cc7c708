"""pitchpipe serve: models behind an API that clients know."""

import sys
from typing import Any

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe_tools.cures import cured
from pitchpipe_tools.recipe_argument import overrides_option


def _adapters(_: click.Context, __: click.Parameter, said: tuple[str, ...]) -> dict[str, str]:
    """NAME=PATH, as often as there are adapters."""
    found = dict[str, str]()
    for one in said:
        name, equals, path = one.partition("=")
        if not (name and equals and path):
            raise click.BadParameter(f"expected NAME=PATH, got '{one}'")
        if name in found:
            raise click.BadParameter(f"the name '{name}' comes twice")
        found[name] = path
    return found


@click.command()
@click.argument("place", metavar="RUN_OR_MODEL_OR_RECIPE")
@click.option("--name", help="How clients call the model. [default: the last name of its place]")
@click.option(
    "--adapter", "adapters", multiple=True, metavar="NAME=PATH", callback=_adapters,
    help="A further adapter on the same base, and how clients call it: of a run, or of a folder. May be"
    " repeated.",
)  # fmt: skip
@click.option("--base", metavar="NAME", help="Serve the base of an adapter too, under this name.")
@click.option("--template", metavar="NAME", help="The template of a model that has none.")
@click.option("--host", help="Who may reach it. [default: 127.0.0.1, this machine alone]")
@click.option("--port", type=click.IntRange(0, 65535), help="0: any that is free. [default: 8000]")
@click.option(
    "--key", metavar="VARIABLE", help="The variable that holds the keys of clients, with commas between."
)
@click.option("--rows", type=click.IntRange(1), help="Answers that are written at once. [default: 16]")
@click.option("--queue", type=click.IntRange(0), help="Answers that may wait. [default: 64]")
@click.option("--threads", type=click.IntRange(0), help="Of torch. [default: 0, as is best]")
@click.option(
    "--print", "engine", type=click.Choice(["vllm", "sglang", "ollama", "llama.cpp"]),
    help="Start nothing: print the command by which this engine serves the same.",
)  # fmt: skip
@overrides_option("Override one value of the recipe, as in --set serve.max_tokens=512. May be repeated.")
@cured()
def serve(place: str, engine: str | None, overrides: tuple[str, ...], **options: Any) -> None:
    """Serve a model with the API of OpenAI: that of a run, of a folder, or of a name on the hub.

    A recipe with a section `serve` says what stands around it as well: guards, a cache, a journal, a router.
    The recipe of a run serves what the run has tuned. Ctrl-C finishes what is being answered, and ends; twice
    ends at once.

    \b
      pitchpipe serve runs/quickstart
      pitchpipe serve runs/quickstart --port 8080 --name helper
      pitchpipe serve BASE --adapter mine=runs/mine --adapter yours=runs/yours
      PITCHPIPE_KEYS=... pitchpipe serve runs/quickstart --host 0.0.0.0 --key PITCHPIPE_KEYS
      pitchpipe serve recipes/serve.yaml
      pitchpipe serve runs/quickstart --print vllm
    """
    if engine:
        return _print(engine, place, options, overrides)
    try:
        from pitchpipe_tools.serve.served import serve_until_the_end
    except ModuleNotFoundError as missing:
        raise PitchpipeError(f"serving needs {missing.name}: pip install 'pitchpipe[serve]'") from None
    from pitchpipe_tools.serve.served_recipe import served_recipe

    sys.exit(serve_until_the_end(served_recipe(place, options, overrides)))


def _print(engine: str, place: str, options: dict[str, Any], overrides: tuple[str, ...]) -> None:
    """The command alone goes to stdout, so that a shell can read it."""
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.serve.hand_over import commands_for
    from pitchpipe_tools.serve.served_recipe import served_recipe

    for command in commands_for(served_recipe(place, options, overrides), engine, RichConsole(stderr=True)):
        click.echo(command)
