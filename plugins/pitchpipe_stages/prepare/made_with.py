"""The versions, the plugins and the state of git that a run was made with, for run.json."""

import platform
import subprocess
from pathlib import Path

from pitchpipe import __version__
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Json
from pitchpipe.run.keys import version_of


def made_with(recipe: Recipe) -> Json:
    """Versions, plugins and the state of the recipe's git repository."""
    needed = sorted({module for use in recipe.uses() for module in use.component.needs})
    return {
        "pitchpipe": __version__,
        "python": platform.python_version(),
        "packages": {module: version_of(module) for module in needed},
        "plugins": {plugin.name: plugin.origin for plugin in recipe.host.plugins if not plugin.error},
        "git": _git(recipe.path.parent),
    }


def _git(folder: Path) -> Json | None:
    """The commit, and whether anything differs from it."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "changed": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.SubprocessError):
        return None
