"""Keys of stages: the content of all that can change a result, by names that people understand.

A key holds the code of the stage's rooms and of each plugin in use. The code of a plugin is its top package,
and the version of each package that this imports. A plugin that shares its top package names its own modules
in `ROOMS`, and its components name packages in `needs`.
"""

import os
import platform
from collections.abc import Mapping
from functools import cache, lru_cache
from hashlib import blake2b, file_digest
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from pitchpipe.host.local import LOCAL
from pitchpipe.host.plugin import Plugin
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.run.code import imported, modules_beside

LARGE = 8 << 20  # bytes
CORE = ("pitchpipe.records", "pitchpipe.host", "pitchpipe.recipe", "pitchpipe.run")
KeyParts = dict[str, str]


def own_parts(stage: Any, recipe: Recipe) -> KeyParts:
    """The code of core and of the stage, and the version of Python."""
    parts = {"pitchpipe's code": _code_of((*CORE, *stage.rooms)), "Python": platform.python_version()}
    plugin = next(plugin for plugin in recipe.host.plugins if stage in plugin.stages)
    return parts if stage.rooms else parts | plugin_parts(plugin)


@cache
def _code_of(rooms: tuple[str, ...]) -> str:
    return digest_files(*sorted(file for room in rooms for file in room_files(room)))


def room_files(room: str) -> list[Path]:
    """The source files of a package, sub-packages included, or of a module."""
    spec = find_spec(room)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"there is no module {room}, which a key names")
    folders = map(Path, spec.submodule_search_locations or ())
    return sorted(file for folder in folders for file in folder.rglob("*.py")) or [Path(spec.origin)]


@cache
def plugin_parts(plugin: Plugin) -> KeyParts:
    """A plugin's code, and the versions of the packages that it imports."""
    named = f"plugin {plugin.name}'s code"
    if rooms := getattr(plugin.module, "ROOMS", ()):
        return {named: f"{plugin.version} {_code_of(tuple(rooms))}"}
    files = _files(plugin.module)
    parts = {named: f"{plugin.version} {digest_files(*files)}"}
    return parts | {f"{module}'s version": version_of(module) for module in imported(files)}


def _files(module: ModuleType | None) -> list[Path]:
    """All of a plugin's top package; of the file beside a recipe, also the modules that it uses there."""
    file = Path(getattr(module, "__file__", None) or "")
    if module is None or not file.is_file():
        return []
    if module.__name__ == LOCAL:
        return modules_beside(file)
    top = module.__name__.partition(".")[0]
    return room_files(top) if "." in module.__name__ or file.name == "__init__.py" else [file]


def parts_of(use: Use, recipe: Recipe) -> KeyParts:
    """The parts that can change a component's work: its options and its code."""
    component, whose = use.component, f"{use.component.kind} {use.label}'s"
    read = component.kind != "loader"  # a loader's files are parts of their own
    parts = {f"{whose} options": digest(_seen(use.options, recipe.folder, read))}
    parts |= {f"{whose} {name}": str(value) for name, value in use.shared.items()}
    parts |= {f"{module}'s version": version_of(module) for module in component.needs}
    for inner in use.inner:
        parts |= {f"{use.label}: {part}": value for part, value in parts_of(inner, recipe).items()}
    return parts | plugin_parts(component.plugin)


def _seen(value: object, folder: Path, read: bool) -> object:
    """An option's value: paths as seen from the recipe's folder, and with `read` their content."""
    if isinstance(value, Path):
        return [os.path.relpath(value, folder), digest_files(value) if read and value.is_file() else None]
    if isinstance(value, list | tuple):
        return [_seen(entry, folder, read) for entry in value]
    if isinstance(value, dict):
        return {str(key): _seen(entry, folder, read) for key, entry in value.items()}
    return value


def as_parts(key: Mapping[str, object]) -> KeyParts:
    """A key's parts as texts: what is no text is digested."""
    return {name: part if isinstance(part, str) else digest(part) for name, part in key.items()}


def digest(*parts: object) -> str:
    """A short hash of plain data."""
    return blake2b(msgspec.json.encode(parts, enc_hook=str, order="sorted"), digest_size=12).hexdigest()


def digest_files(*paths: Path) -> str:
    """A short hash of files' bytes. Large files are read at the same time."""
    stats = [path.stat() for path in paths]
    named = [(str(path), stat.st_size, stat.st_mtime_ns) for path, stat in zip(paths, stats, strict=True)]
    if sum(stat.st_size for stat in stats) < LARGE:
        hashes = [_digest_file(*name) for name in named]
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor() as threads:
            hashes = list(threads.map(lambda name: _digest_file(*name), named))
    return blake2b(b"".join(hashes), digest_size=12).hexdigest()


@lru_cache(maxsize=4096)
def _digest_file(path: str, size: int, changed: int) -> bytes:
    """A file's hash: read once in each process, as long as its size and its date stay."""
    with open(path, "rb") as file:
        return file_digest(file, lambda: blake2b(digest_size=12)).digest()


@cache
def version_of(module: str) -> str:
    """The version of what brings a module; most often a distribution of the same name."""
    try:
        return version(module)
    except PackageNotFoundError:
        return " ".join(version(name) for name in packages_distributions().get(module, [])) or "unknown"
