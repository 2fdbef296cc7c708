"""What a run is made from: the content that can change a stage, and the versions that it ran with."""

import os
import platform
import subprocess
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe import __version__
from pitchpipe.plugin import Plugin
from pitchpipe.recipe import Recipe, Use

LARGE = 8 << 20  # bytes
Parts = dict[str, str]


def made_with(recipe: Recipe) -> dict[str, Any]:
    """Versions, plugins and the state of the recipe's git repository, for run.json."""
    needed = sorted({module for use in recipe.uses() for module in use.component.needs})
    return {
        "pitchpipe": __version__,
        "python": platform.python_version(),
        "packages": {module: _version(module) for module in needed},
        "plugins": {plugin.name: plugin.origin for plugin in recipe.host.plugins if not plugin.error},
        "git": _git(recipe.path.parent),
    }


def _git(folder: Path) -> dict[str, Any] | None:
    """The commit, and whether anything differs from it."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "changed": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.SubprocessError):
        return None


def digest(*parts: Any) -> str:
    """A short hash of plain data."""

    def plain(value: Any) -> Any:
        return str(value)

    return blake2b(msgspec.json.encode(parts, enc_hook=plain, order="sorted"), digest_size=12).hexdigest()


def digest_files(*paths: Path) -> str:
    """A short hash of files' bytes; large ones are read side by side."""
    if sum(path.stat().st_size for path in paths) < LARGE:
        hashes = list(map(_digest_file, paths))
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor() as threads:
            hashes = list(threads.map(_digest_file, paths))
    return blake2b(b"".join(hashes), digest_size=12).hexdigest()


def _digest_file(path: Path) -> bytes:
    total = blake2b(digest_size=12)
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            total.update(block)
    return total.digest()


def seen_from(recipe: Recipe, file: Path) -> str:
    """A file's name as seen from the recipe's folder."""
    return os.path.relpath(file, recipe.path.parent.resolve())


def parts_of_pitchpipe() -> Parts:
    """Another pitchpipe or another Python may do another thing with the same recipe."""
    return {"pitchpipe's code": _own_code(), "Python": platform.python_version()}


@cache
def _own_code() -> str:
    return digest_files(*sorted(Path(__file__).parent.glob("*.py")))


def parts_of(use: Use, recipe: Recipe) -> Parts:
    """What can change a component's work: its options, as seen from the recipe's folder, and its code."""
    folder, component = recipe.path.parent.resolve(), use.component
    parts = {
        f"{component.kind} {use.label}'s options": digest(
            _seen(use.options, folder, component.kind != "loader")
        )
    }
    if use.action != "drop":
        parts[f"{component.kind} {use.label}'s action"] = use.action
    parts |= {f"{module}'s version": _version(module) for module in component.needs}
    for inner in use.inner:
        parts |= {f"{use.label}: {part}": value for part, value in parts_of(inner, recipe).items()}
    return parts | {f"plugin {component.plugin.name}'s code": _code(component.plugin)}


def _seen(value: Any, folder: Path, read: bool) -> Any:
    """An option's value: paths as seen from the recipe's folder, and the content of files that they name.

    A loader names the files that it reads itself, and they are parts of their own.
    """
    if isinstance(value, Path):
        return [os.path.relpath(value, folder), digest_files(value) if read and value.is_file() else None]
    if isinstance(value, list | tuple):
        return [_seen(entry, folder, read) for entry in value]
    if isinstance(value, dict):
        return {str(key): _seen(entry, folder, read) for key, entry in value.items()}
    return value


@cache
def _code(plugin: Plugin) -> str:
    """The version of a plugin, and every module of it: the one file, or all of its package."""
    file = Path(getattr(plugin.module, "__file__", None) or "")
    files = sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]
    return f"{plugin.version} {digest_files(*filter(Path.is_file, files))}"


def _version(module: str) -> str:
    """The version of what brings a module; most often a distribution of the same name."""
    from importlib.metadata import PackageNotFoundError, packages_distributions, version

    try:
        return version(module)
    except PackageNotFoundError:
        return " ".join(version(name) for name in packages_distributions().get(module, [])) or "unknown"
