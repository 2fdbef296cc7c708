"""The recipe to start from."""

import os
import re
import tempfile
from pathlib import Path

import msgspec

from pitchpipe.host.host import Host
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe_tools.recipe_file.load import load
from pitchpipe_tools.sniff.choose_format import Choice

SPLIT = "split: {train: 0.9, validation: 0.05, test: 0.05}"
BARE = re.compile(
    r"[\w/][\w./-]*[A-Za-z_/][\w./-]*|\.\.?/[\w./-]*"
)  # text that YAML reads as text without quotes


def recipe_text(loader: Use, choice: Choice, host: Host, path: str) -> str:
    """The recipe as YAML. `path` is the path of the data file as seen from the recipe."""
    options = {name: path if name == "path" else value for name, value in loader.options.items()}
    if choice.used and choice.named:
        options["format"] = choice.used.label
    if choice.columns:
        options["columns"] = choice.columns
    profile = host.default("filter", "new recipes")
    filters = f"filters:\n  - {profile.name}\n" if profile else ""
    entry = f"{loader.label}: {flow_style(options)}" if options else loader.label
    return f"loaders:\n  - {entry}\n{filters}{SPLIT}\n"


def flow_style(value: object) -> str:
    """A value on one line of YAML. Text stands in quotes where YAML would read bare text as another type."""
    if isinstance(value, dict):
        entries = (f"{flow_style(name)}: {flow_style(entry)}" for name, entry in value.items())
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, str) and _is_bare(value):
        return value
    return msgspec.json.encode(value).decode()


def _is_bare(text: str) -> bool:
    constant = text.lower() in ("true", "false", "null")
    return BARE.fullmatch(text) is not None and not constant and not text[0].isdigit()


def proposed_recipe(loader: Use, choice: Choice, host: Host) -> Recipe:
    """The recipe, loaded and checked as if it stood in the working directory."""
    path = os.path.abspath(os.path.expanduser(loader.place))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "recipe.yaml"
        file.write_text(recipe_text(loader, choice, host, path), "utf-8")
        recipe = load(file, host)
    recipe.path = Path("recipe.yaml")
    return recipe
