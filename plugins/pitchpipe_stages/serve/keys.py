"""The keys of clients: read from a variable, and compared without telling how near one is."""

import base64
import binascii
import os
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest

from pitchpipe.errors import PitchpipeError

SHORTEST = 16  # characters: shorter ones can be guessed


@dataclass(frozen=True)
class ServerKeys:
    """Without any, whoever reaches the server may ask."""

    known: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, variable: str | None) -> "ServerKeys":
        """Those that a variable holds, with commas between."""
        if not variable:
            return cls()
        keys = [key.strip() for key in os.environ.get(variable, "").split(",")]
        if not any(keys):
            raise PitchpipeError(
                f"the variable {variable} holds no keys. Make one: export {variable}=$(openssl rand -hex 24)"
            )
        if any(len(key) < SHORTEST for key in keys):
            raise PitchpipeError(
                f"a key in {variable} has fewer than {SHORTEST} characters, and could be guessed. Make one:"
                " openssl rand -hex 24"
            )
        return cls(tuple(key.encode() for key in keys))

    def holder(self, authorization: bytes) -> str | None:
        """A digest of the key that a header holds; none where there is no such key. A browser that asks for a
        name and a password sends the key as the password."""
        kind, _, said = authorization.strip().partition(b" ")
        given = said.strip()
        if kind.lower() == b"basic":
            try:
                given = base64.b64decode(given, validate=True).partition(b":")[2]
            except binascii.Error:
                return None
        elif kind.lower() != b"bearer":
            return None
        same = [compare_digest(given, key) for key in self.known]  # each one, whichever it is
        return sha256(b"pitchpipe:" + given).hexdigest()[:16] if any(same) else None
