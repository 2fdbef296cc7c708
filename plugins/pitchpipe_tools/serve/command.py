"""pitchpipe serve: models behind an API that clients know."""

from pathlib import Path

import click

from pitchpipe_tools.cures import cured
from pitchpipe_tools.recipe_argument import overrides_option


@click.command()
@click.argument("place", metavar="RUN_OR_MODEL_OR_RECIPE")
@click.option("--host", help="Who may reach it. [default: 127.0.0.1, this machine alone]")
@click.option("--port", type=click.IntRange(0, 65535), help="0: any that is free. [default: 8000]")
@overrides_option("Override one value of the recipe, as in --set serve.rows=8. May be repeated.")
@cured()
def serve(place: str, host: str | None, port: int | None, overrides: tuple[str, ...]) -> None:
    """Serve a model with the API of OpenAI: that of a run, of a folder, or of a name on the hub.

    \b
      pitchpipe serve runs/quickstart
      pitchpipe serve recipes/serve.yaml
    """
    import uvicorn

    from pitchpipe_stages.console import RichConsole
    from pitchpipe_stages.generate.opened import opened
    from pitchpipe_stages.serve.api.app import app_of
    from pitchpipe_stages.serve.embedded import EmbeddedModel
    from pitchpipe_stages.serve.engine.engine import Engine
    from pitchpipe_stages.serve.service import ServingService

    console = RichConsole(stderr=True)
    one = opened(place, console)
    engine = Engine(one.model.eval(), one.ends.every, 16)
    engine.start()
    service = ServingService({Path(place).name: EmbeddedModel(one, engine)}, Path("served"))
    uvicorn.run(app_of(service), host=host or "127.0.0.1", port=8000 if port is None else port)
