"""Replies as bytes of a record."""

import zlib

import msgspec

from pitchpipe.host.contracts import Reply


def packed(reply: Reply) -> bytes:
    return zlib.compress(msgspec.json.encode(reply))


def unpacked(kept: bytes) -> Reply:
    return msgspec.json.decode(zlib.decompress(kept), type=Reply)
