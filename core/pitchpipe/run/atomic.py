"""Files that are written whole or not at all, so that a kill leaves no half of one."""

import os
from pathlib import Path

import msgspec


def write(path: Path, content: bytes) -> None:
    new = path.with_name(path.name + ".new")
    new.write_bytes(content)
    os.replace(new, path)


def write_json(path: Path, data: object) -> None:
    write(path, msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n")
