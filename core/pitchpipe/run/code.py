"""The code of a plugin, found without running it: the modules that it imports."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

SITE = {"site-packages", "dist-packages"}


def imported(files: list[Path]) -> list[str]:
    """The installed top-level modules that some files import, wherever in them; pitchpipe itself aside."""
    own = {file.stem for file in files} | {file.parent.name for file in files}
    names = {name.partition(".")[0] for file in files for name in _imports(file)}
    return sorted(names - own - sys.stdlib_module_names - {"pitchpipe", ""})


def modules_beside(file: Path) -> list[Path]:
    """A file, the modules in its folder that it imports, directly or not, and all others of that folder that
    are loaded."""
    folder = file.resolve().parent
    found, left = {file.resolve()}, [file.resolve()]
    while left:
        for name in _imports(left.pop()):
            for path in _in_folder(folder, name):
                if path not in found:
                    found.add(path)
                    left.append(path)
    for module in list(sys.modules.values()):
        path = Path(getattr(module, "__file__", None) or "/").resolve()
        if path.is_relative_to(folder) and path.suffix == ".py" and not SITE & set(path.parts):
            found.add(path)
    return sorted(found)


def _in_folder(folder: Path, name: str) -> Iterator[Path]:
    """The files of a dotted module name in a folder: its packages and itself."""
    place = folder
    for part in name.split("."):
        for path in (place / f"{part}.py", place / part / "__init__.py"):
            if path.is_file():
                yield path
        place /= part


def _imports(file: Path) -> Iterator[str]:
    """The dotted names that a file imports. Names taken from a package may be its modules."""
    package = file.parent.name
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or "" if not node.level else ".".join(filter(None, (package, node.module)))
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
