"""The code of a plugin, found without running it: the modules that it imports."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path


def imported(files: list[Path]) -> list[str]:
    """The installed top-level modules that some files import, wherever in them; pitchpipe itself aside."""
    own = {file.stem for file in files} | {file.parent.name for file in files} | {"pitchpipe", ""}
    names = {name.partition(".")[0] for file in files for name in _imports(file)}
    return sorted(names - own - sys.stdlib_module_names)


def modules_beside(file: Path) -> list[Path]:
    """A file, the modules of its folder that it imports, directly or not, and those that are loaded."""
    folder = file.resolve().parent
    found, left = {file.resolve()}, [file.resolve()]
    while left:
        new = {path for name in _imports(left.pop()) for path in _in_folder(folder, name)} - found
        found |= new
        left += new
    named = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
    loaded = {Path(name).resolve() for name in named if name.endswith(".py") and "site-packages" not in name}
    return sorted(found | {path for path in loaded if path.is_relative_to(folder) and path.is_file()})


def _in_folder(folder: Path, name: str) -> Iterator[Path]:
    """The files of a dotted module name in a folder: its packages and itself."""
    for part in name.split("."):
        yield from (p for p in (folder / f"{part}.py", folder / part / "__init__.py") if p.is_file())
        folder /= part


def _imports(file: Path) -> Iterator[str]:
    """The dotted names that a file imports. A name that is taken from a package may be its module."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(filter(None, (file.parent.name if node.level else "", node.module)))
            yield from (base, *(f"{base}.{alias.name}" for alias in node.names))
