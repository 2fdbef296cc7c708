"""Who said something, as a digest that nobody can undo by trying names: a salt lies beside the journal."""

import os
import secrets
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

FILE = "journal.salt"


class SaltedDigest:
    """The same digest for the same name, as long as the salt is there."""

    def __init__(self, folder: Path):
        path, new = folder / FILE, folder / f"{FILE}.{secrets.token_hex(8)}"
        if not path.exists():
            file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.write(file, secrets.token_bytes(32))
            os.close(file)
            with suppress(FileExistsError):  # another server was quicker
                os.link(new, path)
            new.unlink()
        self._salt = path.read_bytes()

    def __call__(self, name: str) -> str:
        words = name.encode("utf-8", "surrogatepass")
        return blake2b(words, key=self._salt, digest_size=8).hexdigest() if name else ""
