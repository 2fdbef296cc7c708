"""The run that another one began with: read from the recipe that was run, whoever wrote it."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from pitchpipe.run.directory import MARK
from pitchpipe_stages.model.sections import ADAPTER
from pitchpipe_stages.render.sections import MODEL


def origin(run: Path) -> Path | None:
    """The run whose model a run began with, as its model's folder or as its adapter's."""
    recipe, record = _read(run / "recipe.json"), _read(run / "run.json")
    home = Path(str(record.get("recipe", ""))).parent
    for section in (ADAPTER, MODEL):  # an adapter lies on the base of the run that it comes from
        for folder in _folders(recipe.get(section.name)):
            earlier = Path(os.path.normpath(home / folder)).parent
            if any((earlier / name).exists() for name in MARK):
                return Path(os.path.relpath(earlier))
    return None


def _folders(entry: object) -> Iterator[str]:
    """The folder that a component is to take its model from."""
    for options in entry.values() if isinstance(entry, Mapping) else ():
        if isinstance(options, Mapping) and isinstance(folder := options.get("folder"), str):
            yield folder


def _read(file: Path) -> Mapping[str, object]:
    try:
        found = msgspec.json.decode(file.read_bytes())
    except (OSError, msgspec.DecodeError):
        return {}
    return found if isinstance(found, Mapping) else {}
