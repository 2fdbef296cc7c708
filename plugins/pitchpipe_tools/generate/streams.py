"""Files of lines by name: `-` is the terminal's own stream, and a name that ends with .gz is packed."""

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from pitchpipe.errors import PitchpipeError

STREAM = "-"


@contextmanager
def written(name: str) -> Iterator[BinaryIO]:
    """A file to write. It is there when it is whole."""
    if name == STREAM:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    file = _known(name)
    if not file.parent.is_dir():
        raise PitchpipeError(f"there is no folder {file.parent} to write {file.name} to")
    part = file.with_name(f"{file.name}.part")
    try:
        with open(part, "wb") as plain:
            if file.suffix == ".gz":
                # The same lines give the same bytes: no name and no time in them.
                with gzip.GzipFile("", "wb", fileobj=plain, mtime=0) as packed:
                    yield cast(BinaryIO, packed)
            else:
                yield plain
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def read(name: str) -> Iterator[BinaryIO]:
    """A file to read."""
    if name == STREAM:
        yield sys.stdin.buffer
    elif _known(name).suffix == ".gz":
        with gzip.open(name) as packed, _whole(name):
            yield cast(BinaryIO, packed)
    else:
        with open(name, "rb") as plain:
            yield plain


@contextmanager
def _whole(name: str) -> Iterator[None]:
    try:
        yield
    except gzip.BadGzipFile:
        raise PitchpipeError(f"{name}: it is not gzip, or damaged") from None
    except EOFError:
        raise PitchpipeError(f"{name}: its end is missing") from None


def _known(name: str) -> Path:
    file = Path(name)
    if file.suffix in (".zst", ".bz2", ".xz"):
        raise PitchpipeError(
            f"{name}: a name ends with .gz, or `{STREAM}` leads to another program's packing"
        )
    return file
