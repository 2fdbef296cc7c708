"""Serves by a recipe until the end: binds, loads, says what is there, answers."""

import asyncio

from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.serve.api.app import app_of
from pitchpipe_stages.serve.build import build
from pitchpipe_stages.serve.life import ServerLife
from pitchpipe_stages.serve.sections import SERVE
from pitchpipe_stages.serve.sockets import address, bound
from pitchpipe_tools.serve.dashboard.page import dashboard_pages


def serve_until_the_end(recipe: Recipe) -> int:
    """The exit code."""
    told, console = recipe[SERVE], RichConsole(stderr=True)
    opened = bound(told.host, told.port)
    service = build(recipe, console)
    service.say = console.plain
    console.say(f"{', '.join(service.names)}: {address(opened, told.host)}/v1")
    app = app_of(service, told, dashboard_pages(service))
    return asyncio.run(ServerLife(service, app, told.grace).live(opened))
