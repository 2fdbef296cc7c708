"""`extends: other.yaml`: a recipe says what differs from another one, relative to its own folder.

Mappings are merged, all else is replaced. A section that names another component than the other recipe does
is replaced too: the options of one trainer mean nothing to another.
"""

import os
from collections.abc import Set
from functools import reduce
from pathlib import Path

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.recipe.document import Document, Key
from pitchpipe_tools.recipe_file.variables import UnsetVariable
from pitchpipe_tools.recipe_file.yaml12 import read_text

EXTENDS = "extends"
ANCHORS = "x-"  # the first characters of sections that only hold anchors


def read_file(path: Path, components: Set[str] = frozenset()) -> Document:
    """What a recipe says with all that it extends. `components`: the sections that name one component."""
    return reduce(lambda other, own: merged(other, own, components), reversed(chain(path)))


def chain(path: Path) -> list[Document]:
    """A recipe's file, the one that it extends, and so on. Files are named as seen from the first."""
    home, found = path.parent.resolve(), list[Document]()
    next_path: Path | None = path
    while next_path:
        found.append(_read(next_path, os.path.relpath(next_path.resolve(), home) if found else path.name))
        next_path = _extended(found, home)
    return found


def _read(path: Path, name: str) -> Document:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PitchpipeError(f"cannot read the recipe {path}: {error}") from None
    document = read_text(text, path, name)
    if isinstance(document.data, dict):
        for section in [section for section in document.data if section.startswith(ANCHORS)]:
            del document.data[section]
    return document


def _extended(found: list[Document], home: Path) -> Path | None:
    """The file that the last of some recipes extends."""
    data, place = found[-1].data, found[-1].place((EXTENDS,))
    if not isinstance(data, dict) and len(found) > 1:
        raise PitchpipeError(f"{place}: a recipe is a mapping of sections")
    if not isinstance(data, dict) or EXTENDS not in data:
        return None
    for problem in found[-1].problems:
        if isinstance(problem, UnsetVariable) and problem.key == (EXTENDS,):
            raise PitchpipeError(str(problem))
    path = _other(data.pop(EXTENDS), place.folder, f"{place}: {EXTENDS}")
    files = [document.path.resolve() for document in found]
    if path in files:
        circle = (os.path.relpath(file, home) for file in (*files[files.index(path) :], path))
        raise PitchpipeError(f"{place}: {EXTENDS}: these recipes extend each other: {' -> '.join(circle)}")
    return path


def _other(written: object, folder: Path, said: str) -> Path:
    """The file that a recipe extends."""
    if not isinstance(written, str) or not written:
        raise PitchpipeError(f"{said}: expected the path of a recipe, got {written!r}")
    path = (folder / os.path.expanduser(written)).resolve()
    if not path.is_file():
        near = [os.path.relpath(file, folder) for file in path.parent.glob("*.y*ml")]
        raise PitchpipeError(f"{said}: no file {written}.{suggest(written, near)}")
    return path


def merged(other: Document, own: Document, components: Set[str]) -> Document:
    """What a recipe says, and what the other one says that it does not."""
    document = Document(own.path, other.data, other.places, [*own.problems, *other.problems])
    _take(document, own, document.data, own.data, (), components)
    return document


def _take(
    document: Document, own: Document, old: object, new: object, key: Key, components: Set[str]
) -> object:
    """A value with what is newly said of it; places follow."""
    another = len(key) == 1 and key[0] in components and isinstance(new, dict) and isinstance(old, dict)
    if not (isinstance(old, dict) and isinstance(new, dict)) or (another and set(new) - set(old)):
        document.put(key, own.place(key))
        document.places |= {place: own.places[place] for place in own.places if place[: len(key)] == key}
        return new
    document.places[key] = own.place(key)
    for name, value in new.items():
        old[name] = _take(document, own, old.get(name), value, (*key, name), components)
    return old
