"""Which commit a name on the Hugging Face hub means, so that a run sees what moved under the same name."""

import re
import secrets
from functools import cache
from pathlib import Path
from typing import Literal

Kind = Literal["model", "dataset"]
COMMIT = re.compile(r"[0-9a-f]{40}")
PATIENCE = 10  # seconds that the hub has to answer


@cache
def commit_of(name: str, revision: str | None, kind: Kind) -> str:
    """Returns the commit that the hub has now; offline the one in the local cache; an empty text if none."""
    if COMMIT.fullmatch(revision or ""):
        return revision or ""
    return _on_the_hub(name, revision, kind) or _in_the_cache(name, revision or "main", kind)


def record(name: str, revision: str | None, kind: Kind) -> dict[str, str]:
    """Returns the part of a key that says what a name meant; a commit that is not known is always another."""
    return {f"{name} on the hub": commit_of(name, revision, kind) or f"not known {secrets.token_hex(8)}"}


def snapshot(name: str, commit: str, kind: Kind) -> Path | None:
    """Returns the folder of the local cache that holds a commit's files, if there is one."""
    folder = _folder(name, kind) / "snapshots" / commit
    return folder if commit and folder.is_dir() else None


def _on_the_hub(name: str, revision: str | None, kind: Kind) -> str:
    from huggingface_hub import HfApi, constants

    if constants.HF_HUB_OFFLINE:
        return ""
    try:
        found = HfApi().repo_info(name, revision=revision, repo_type=kind, timeout=PATIENCE)
    except Exception:  # each version of the library raises its own; loading tells what is wrong
        return ""
    return found.sha or ""


def _in_the_cache(name: str, revision: str, kind: Kind) -> str:
    try:
        return (_folder(name, kind) / "refs" / revision).read_text().strip()
    except OSError:
        return ""


def _folder(name: str, kind: Kind) -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE) / "--".join((f"{kind}s", *name.split("/")))
