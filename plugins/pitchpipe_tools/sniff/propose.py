"""The recipe lines to start from, checked before they are shown."""

import os
import re
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe.host.host import Host
from pitchpipe.recipe.load import load
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe_tools.sniff.guess import Choice

SPLIT = "split: {train: 0.9, validation: 0.05, test: 0.05}"


def recipe_text(loader: Use, choice: Choice, host: Host, path: str) -> str:
    """The recipe to start from. `path` is the file's as the recipe sees it."""
    options = {name: path if name == "path" else value for name, value in loader.options.items()}
    if choice.used and choice.named:
        options["format"] = choice.used.label
    if choice.columns:
        options["columns"] = choice.columns
    profile = host.default("filter", "new recipes")
    filters = f"filters:\n  - {profile.name}\n" if profile else ""
    entry = f"{loader.label}: {_flow(options)}" if options else loader.label
    return f"loaders:\n  - {entry}\n{filters}{SPLIT}\n"


def _flow(value: Any) -> str:
    """A value on one line of YAML; text in quotes wherever bare words could be read as something else."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(name)}: {_flow(entry)}" for name, entry in value.items()) + "}"
    plain = isinstance(value, str) and re.fullmatch(r"[\w/][\w./-]*[A-Za-z_/][\w./-]*|\.\.?/[\w./-]*", value)
    if plain and value.lower() not in ("true", "false", "null") and not value[0].isdigit():
        return str(value)
    return msgspec.json.encode(value).decode()


def checked(loader: Use, choice: Choice, host: Host) -> Recipe:
    """The recipe, which must be sound. Places in it are named as a person in this folder would."""
    path = os.path.abspath(os.path.expanduser(loader.place))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "recipe.yaml"
        file.write_text(recipe_text(loader, choice, host, path), "utf-8")
        recipe = load(file, host)
    recipe.path = Path("recipe.yaml")
    return recipe
