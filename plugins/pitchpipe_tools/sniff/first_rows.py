"""The loader of a file that nobody has described, and its first rows."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.host.options import bind
from pitchpipe.host.plugin import Component
from pitchpipe.recipe.recipe import Use
from pitchpipe_stages.data.source import LOOKED_AT, numbered

# First bytes of what people take for data.
JUNK = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"\x7fELF": "a program",
    b"SQLite format 3": "an SQLite database",
    b"\x93NUMPY": "a NumPy array",
    b"\x80\x04": "a Python pickle",
}


class FirstRows:
    """A loader's first rows; `more` says whether others follow. 0 means all."""

    def __init__(self, loader: Any, most: int):
        self.loader, self.most, self.more = loader, most, False

    def __call__(self) -> Iterator[Any]:
        rows = iter(self.loader())
        yield from islice(rows, self.most or None)
        self.more = next(rows, None) is not None

    def sample(self) -> tuple[list[Any], int]:
        """The readable rows by which a run chooses the format, and how many rows were passed to find them."""
        found: list[Any] = []
        passed = 0
        for row in numbered(islice(self.loader(), self.most or None)):
            passed += 1
            if isinstance(row.data, dict) and not row.error:
                found.append(row.data)
                if len(found) == LOOKED_AT:
                    break
        return found, passed


def opened(host: Host, file: str, given: dict[str, Any]) -> Use:
    """The loader of a file, of a folder, of a glob; or of standard input, which is called `-`."""
    written = dict(given) if file == "-" else {"path": file, **given}
    try:
        component = host.default("loader", "standard input" if file == "-" else "a file")
        if component is None:
            raise ValueError(f"no plugin offers a loader that reads {file}")
        options = {key: _option(component, key, value) for key, value in written.items()}
        return Use(component, written, bind(component.call, options), file, component.name)
    except ValueError as error:
        raise PitchpipeError(f"{error}") from None


def _option(component: Component, name: str, value: Any) -> Any:
    if name not in component.options:
        known = ", ".join(sorted(component.options.keys() - {"path"}))
        raise ValueError(f"no such option of {component.kind} '{component.name}': {name}. Known: {known}.")
    try:
        return component.options[name].check(value, Path())
    except ValueError as error:
        raise ValueError(f"--option {name}: {error}") from None


def junk(path: Path) -> str:
    """What a file that gives no rows is instead, if its first bytes tell."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        head = file.read(4096)
    what = next((what for magic, what in JUNK.items() if head.startswith(magic)), "")
    if not what and b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "neither text nor data of a kind that pitchpipe reads"
    return what
