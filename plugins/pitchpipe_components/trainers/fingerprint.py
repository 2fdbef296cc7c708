"""What a folder of files holds, as sizes and hashes: enough to see later that a file is gone or damaged."""

import mmap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path

BLOCK = 16 << 20  # bytes that a thread hashes at once
Fingerprint = dict[str, tuple[int, str]]  # names of files, their sizes in bytes and their hashes


def fingerprint(folder: Path, without: str = "") -> Fingerprint:
    """All files of a folder but one."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != without)
    with ThreadPoolExecutor() as threads:
        return {str(path.relative_to(folder)): _look(path, threads) for path in files}


def differences(known: Fingerprint, folder: Path, without: str = "") -> Iterator[str]:
    """What is not as it was, in words."""
    there = fingerprint(folder, without)
    for name, (size, digest) in known.items():
        if name not in there:
            yield f"{name} is gone"
        elif there[name][0] != size:
            yield f"{name} has {there[name][0]:,} of {size:,} bytes"
        elif there[name][1] != digest:
            yield f"{name} holds other bytes than were written"


def _look(path: Path, threads: ThreadPoolExecutor) -> tuple[int, str]:
    """A file of gigabytes is hashed in blocks, by all cores."""
    size, whole = path.stat().st_size, blake2b(digest_size=16)
    if size:
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            starts = range(0, size, BLOCK)
            for digest in threads.map(lambda start: _digest(content, start), starts):
                whole.update(digest)
    return size, whole.hexdigest()


def _digest(content: mmap.mmap, start: int) -> bytes:
    with memoryview(content) as bytes_, bytes_[start : start + BLOCK] as block:
        return blake2b(block, digest_size=16).digest()
