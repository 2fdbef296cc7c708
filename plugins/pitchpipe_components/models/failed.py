"""Why a model cannot be loaded, in a line: libraries say it in many, or in a word of their own code."""

import json
from pathlib import Path

DEFAULT = "Leave out `attention`: sdpa, the default, needs no other package."


def reason(error: Exception, where: str, attention: str | None) -> str:
    """Where loading failed, at what, and what to do."""
    from safetensors import SafetensorError

    folder = Path(where)
    if isinstance(error, SafetensorError):
        return f"{_damaged(folder)}: {error}"
    if isinstance(error, AssertionError) and (padding := _padding(folder)):
        return f"{where}: {padding}"
    if isinstance(error, RuntimeError) and "conversion of the weights" in str(error):
        return f"{where}: weights in its files do not fit together. PITCHPIPE_VERBOSE=1 shows which."
    known = isinstance(error, OSError | ValueError | ImportError | RuntimeError)
    words = str(error) if known else f"{type(error).__name__}: {error}"
    words = " ".join(words.split())
    if attention not in (None, "sdpa", "eager") and isinstance(error, ImportError | ValueError):
        return f"{where} with attention {attention}: {words} {DEFAULT}"
    return f"{where}: {words}"


def _damaged(folder: Path) -> Path:
    """The file of weights that cannot be read, where it is known."""
    from safetensors import SafetensorError, safe_open

    for file in sorted(folder.glob("*.safetensors")):
        try:
            safe_open(file, "np")
        except SafetensorError:
            return file
    return folder


def _padding(folder: Path) -> str:
    """A padding token of the config that has no row: torch stops at it with a bare assertion."""
    try:
        said = json.loads((folder / "config.json").read_text("utf-8"))
        pad, rows = int(said["pad_token_id"]), int(said["vocab_size"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return (
        f"config.json names the padding token {pad:,}, and the model has rows from 0 to {rows - 1:,}. Take"
        " `pad_token_id` out of config.json; the recipe's `pad_token` may name one that the model has."
        if not 0 <= pad < rows
        else ""
    )
