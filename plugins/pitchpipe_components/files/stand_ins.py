"""Names files that stand in for data or hold it packed away, each with what a user does about it."""

import os
import re
import zipfile
from pathlib import Path

GIT_LFS = re.compile(rb"version https://git-lfs\.github\.com/spec/v\d+\n(?:.*\n)*?size (\d+)\n")
GIT_ANNEX = re.compile(rb"/annex/objects/\S+\s*\Z")
PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.I)
LONGEST = 1024  # bytes of a pointer


def pointer(path: Path) -> str:
    """Says what a file or a link only points to; an empty text if it holds its data itself."""
    if path.is_symlink() and not path.exists():
        return _broken_link(path)
    if not path.is_file() or path.stat().st_size > LONGEST:
        return ""
    head = path.read_bytes()
    if found := GIT_LFS.match(head):
        return (
            f"{path} is a Git LFS pointer to {int(found[1]):,} bytes, not the data:"
            " run `git lfs pull` in its repository, or download the file itself"
        )
    return f"{path} is a git-annex pointer, not the data: {_get(path)}" if GIT_ANNEX.match(head) else ""


def archive(path: Path) -> str:
    """Says what a file is whose first bytes are those of a zip archive."""
    try:
        with zipfile.ZipFile(path) as opened:
            names = opened.namelist()
    except (zipfile.BadZipFile, OSError):
        names = []
    if "xl/workbook.xml" in names:
        return f"{path} is a workbook of Excel: save its sheet as CSV (UTF-8)"
    return f"{path} is a zip archive: unpack it, and name what was in it"


def foreign(head: bytes) -> str:
    """Says what content is that no kind fits; otherwise an empty text."""
    if PAGE.match(head):
        return "a page of the web (HTML), not the data: its download went to another address"
    return "a tar archive: unpack it, and name what was in it" if head[257:262] == b"ustar" else ""


def _broken_link(path: Path) -> str:
    target = os.readlink(path)
    what = f"{path} is a link to {target}, which is not there"
    return f"{what}: {_get(path)}" if "annex/objects" in target else what


def _get(path: Path) -> str:
    return f"run `git annex get {path.name}` in {path.parent}"
