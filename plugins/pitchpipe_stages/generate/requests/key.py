"""What identifies a question: all that decides the reply to it, and nothing else."""

from hashlib import blake2b

import msgspec

from pitchpipe.host.contracts import Ask
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Json

LATER = ("raw", "stop", "logprobs")  # where they are used: older records keep their keys
_SORTED = msgspec.json.Encoder(order="sorted", enc_hook=str)


def request_of(use: Use, ask: Ask) -> Json:
    """All that decides the reply to a question."""
    # To ask for the protocol NamesRequest itself takes longer than all else here, and keys are many.
    if named := getattr(use.bound, "request", None):
        return dict(named(ask)) | {"nth": ask.nth}
    asked: Json = {name: one for name, one in msgspec.to_builtins(ask).items() if one or name not in LATER}
    return {"teacher": use.component.address, "model": use.bound.model, "options": use.options, **asked}


def as_bytes(request: Json) -> bytes:
    """The same bytes for the same request."""
    return _SORTED.encode(request)


def key_of(request: bytes) -> str:
    return blake2b(request, digest_size=16).hexdigest()
