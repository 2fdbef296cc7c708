"""Unpacks gzip, zstd, bz2 and xz files, recognised by their first bytes, never by name.

A damaged file yields all that can be read of it, and then raises `Broken`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

BLOCK = 2 << 20  # about the bytes of one part of a file
PIECE = 16 << 10  # compressed bytes to unpack at a time, so that the result stays small
MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz"}


class Broken(Exception):
    """The rest of a file cannot be read."""


def compression_of(path: Path) -> str:
    with open(path, "rb") as file:
        head = file.read(6)
    return next((name for magic, name in MAGIC.items() if head.startswith(magic)), "")


def raw(path: Path, size: int, start: int = 0) -> Iterator[bytes]:
    with open(path, "rb") as file:
        file.seek(start)
        while chunk := file.read(size):
            yield chunk


def unpacked(path: Path, compression: str) -> Iterator[bytes]:
    """Yields a file's bytes in blocks; raises `Broken` only after all bytes that could be unpacked."""
    if not compression:
        yield from raw(path, BLOCK)
        return
    pending: list[bytes] = []
    size, trouble = 0, ""
    try:
        for piece in _pieces(path, compression):
            pending.append(piece)
            size += len(piece)
            if size >= BLOCK:
                whole = b"".join(pending)
                yield from (whole[at : at + BLOCK] for at in range(0, size - BLOCK + 1, BLOCK))
                pending = [whole[size - size % BLOCK :]]
                size %= BLOCK
    except Broken as broken:
        trouble = str(broken)
    if size:
        yield b"".join(pending)
    if trouble:
        raise Broken(trouble)


def _pieces(path: Path, compression: str) -> Iterator[bytes]:
    """Unpacks a file piece by piece; a file may hold several streams, one after another."""
    engine, at, begun = _engine(compression), 0, -1
    for piece in raw(path, PIECE):
        while piece and (begun >= 0 or piece.strip(b"\0")):  # zeros may pad the end of a file
            begun = at if begun < 0 else begun
            try:
                yield engine.decompress(piece)
            except Exception as error:  # each library raises its own errors
                yield from _before_the_error(path, compression, begun, at, piece)
                raise Broken(f"{compression} data is damaged: {error}; what follows is lost") from None
            rest = engine.unused_data if engine.eof else b""
            if engine.eof:
                engine, begun = _engine(compression), -1
            at, piece = at + len(piece) - len(rest), rest
        at += len(piece)
    if begun >= 0:
        raise Broken(f"{compression} data ends too early: what follows is lost")


def _before_the_error(path: Path, compression: str, begun: int, at: int, piece: bytes) -> Iterator[bytes]:
    """Unpacks the sound beginning of a damaged piece: its stream again, and then the piece byte by byte."""
    engine = _engine(compression)
    with open(path, "rb") as file:
        file.seek(begun)
        while begun < at:
            before = file.read(min(PIECE, at - begun))
            engine.decompress(before)
            begun += len(before)
    try:
        for byte in piece:
            yield engine.decompress(bytes([byte]))
    except Exception:  # the same error as before
        return


def _engine(compression: str) -> Any:
    if compression == "gzip":
        import zlib

        return zlib.decompressobj(wbits=31)
    if compression == "bz2":
        import bz2

        return bz2.BZ2Decompressor()
    if compression == "xz":
        import lzma

        return lzma.LZMADecompressor(lzma.FORMAT_XZ)
    import zstandard

    return zstandard.ZstdDecompressor(max_window_size=2**31).decompressobj()
