"""A desk with a teacher behind it, for tests: a run in a folder, with a recipe of teachers and a budget alone."""

import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp  # noqa: F401 (a child that is forked has it)
import msgspec

from pitchpipe.host.contracts import Ask, Reply
from pitchpipe.host.host import Host
from pitchpipe.recipe.checked import checked
from pitchpipe.recipe.document import Document
from pitchpipe.run.directory import Run
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.generate.requests.desk import Desk
from pitchpipe_stages.generate.requests.spending import Spending

VARIABLE = "PITCHPIPE_TEST_KEY"


host = cache(Host.from_environment)


def recipe_of(folder: Path, teacher: Any, budget: dict[str, Any] | None = None):
    data = {"teachers": {"writer": teacher}, **({"budget": budget} if budget else {})}
    return checked(Document(folder / "recipe.yaml", data), host(), whole=False)


def openai(server: Any, **options: Any) -> dict[str, Any]:
    """The teacher `openai` at a server."""
    return {"openai": {"url": server.url, "model": "tutor", "key": VARIABLE, "timeout": 5, **options}}


def desk_of(folder: Path, teacher: Any, budget: dict[str, Any] | None = None) -> Desk:
    run = Run(folder / "run", recipe_of(folder, teacher, budget), RichConsole(quiet=True))
    run.path.mkdir(exist_ok=True)
    run.read()
    return Desk(run, None, tuned=False)  # type: ignore[arg-type]


def spending(folder: Path) -> Spending:
    """What the run keeps of what it has asked."""
    kept = msgspec.json.decode((folder / "run" / "run.json").read_bytes())
    return msgspec.convert(kept["asked"]["writer"], Spending)


def questions(*words: str, **options: Any) -> list[Ask]:
    return [Ask([{"role": "user", "content": word}], **options) for word in words]


def ends(replies: list[Reply]) -> list[str]:
    return [reply.end for reply in replies]


def attempts(folder: Path) -> list[tuple[float, float | None, str | None]]:
    """The worst cost of each attempt of a run, what it cost, and its problem."""
    with sqlite3.connect(folder / "run" / "asks.sqlite") as database:
        return database.execute("select worst_dollars, dollars, problem from attempt order by n").fetchall()
