"""The loader of a file, and the loader's first rows."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.host.options import bind
from pitchpipe.host.plugin import Component
from pitchpipe.host.protocols import Loader
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Json, Row
from pitchpipe_stages.data.source import LOOKED_AT, numbered

# First bytes of files that hold no rows.
OTHER_FILES = {
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
    """Loads the first `most` rows of another loader, or all its rows if `most` is 0. Afterwards `more` says
    whether rows are left."""

    def __init__(self, loader: Loader, most: int):
        self.loader, self.most, self.more = loader, most, False

    def __call__(self) -> Iterator[Row | Json]:
        rows = iter(self.loader())
        yield from islice(rows, self.most or None)
        self.more = next(rows, None) is not None

    def sample(self) -> tuple[list[Json], int]:
        """The readable rows by which a run detects the format, and the number of rows read to find them."""
        readable: list[Json] = []
        count = 0
        for row in numbered(islice(self.loader(), self.most or None)):
            count += 1
            if isinstance(row.data, dict) and not row.error:
                readable.append(row.data)
                if len(readable) == LOOKED_AT:
                    break
        return readable, count


def loader_of(host: Host, file: str, options: dict[str, object]) -> Use:
    """The loader of a file, a folder or a glob, with options; `-` is standard input."""
    written = options if file == "-" else {"path": file, **options}
    try:
        component = host.default("loader", "standard input" if file == "-" else "a file")
        if component is None:
            raise ValueError(f"no plugin offers a loader that reads {file}")
        values = {name: _checked(component, name, value) for name, value in written.items()}
        return Use(component, written, bind(component.call, values), file, component.name)
    except ValueError as error:
        raise PitchpipeError(f"{error}") from None


def _checked(component: Component, name: str, value: object) -> object:
    """The value of an option, converted to the type of the option."""
    if name not in component.options:
        known = ", ".join(sorted(component.options.keys() - {"path"}))
        raise ValueError(f"no such option of {component.kind} '{component.name}': {name}. Known: {known}.")
    try:
        return component.options[name].check(value, Path())
    except ValueError as error:
        raise ValueError(f"--option {name}: {error}") from None


def other_content(path: Path) -> str:
    """A description of a file that holds no rows, from its first bytes; otherwise an empty text."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        head = file.read(4096)
    content = next((words for start, words in OTHER_FILES.items() if head.startswith(start)), "")
    if not content and b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "neither text nor data of a kind that pitchpipe reads"
    return content
