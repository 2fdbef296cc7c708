"""Serves by a recipe until the end: binds, loads, says what is there, answers."""

import asyncio
import os
from contextlib import closing, suppress
from functools import partial

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.console import RichConsole, escape
from pitchpipe_stages.serve.access import Access, rules_of
from pitchpipe_stages.serve.api.app import app_of
from pitchpipe_stages.serve.build import build
from pitchpipe_stages.serve.life import ServerLife
from pitchpipe_stages.serve.sections import SERVE
from pitchpipe_stages.serve.sockets import address, bound
from pitchpipe_tools.serve.dashboard.page import dashboard_pages
from pitchpipe_tools.serve.screen import show_start


def serve_until_the_end(recipe: Recipe) -> int:
    """The exit code: 0 where the server ended well."""
    told, console = recipe[SERVE], RichConsole(stderr=True)
    if missing := recipe.missing():
        raise PitchpipeError("\n".join(missing))
    rules = rules_of(told)
    with closing(bound(told.host, told.port)) as opened:
        for hint in recipe.hints:
            console.say(f"[yellow]hint:[/] {escape(hint)}")
        service = build(recipe, console)
        service.say = said
        app = Access(app_of(service, told, dashboard_pages(service)), rules, service.responded)
        start = partial(show_start, recipe, service, address(opened, told.host), console)
        return asyncio.run(ServerLife(service, app, told.grace).live(opened, start))


def said(line: str, to: int = 2) -> None:
    """Writes a line of the log. Nobody reads it any more, or the disk is full: that ends no server."""
    with suppress(OSError):
        os.write(to, f"{line}\n".encode("utf-8", "replace"))
