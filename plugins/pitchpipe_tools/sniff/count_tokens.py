"""Tokens counted by a tokenizer that the user names."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.sniff.look import CountTokens


def counter(name: str, console: "RichConsole") -> "CountTokens":
    """From texts to their numbers of tokens."""
    from pitchpipe.errors import PitchpipeError

    try:
        with console.waiting("loading the tokenizer"):
            core = _tokenizer(name)
    except ImportError:
        raise PitchpipeError("--tokenizer needs pip install 'pitchpipe[train]'") from None
    except Exception as error:  # each library has errors of its own
        first = str(error).partition("\n")[0]
        raise PitchpipeError(f"--tokenizer {name}: no tokenizer there: {first}") from None
    core.no_truncation()
    core.no_padding()

    def count(texts: list[str]) -> list[int]:
        readable = [text.encode("utf-8", "replace").decode() for text in texts]
        return [len(encoding) for encoding in core.encode_batch(readable, add_special_tokens=False)]

    return count


def _tokenizer(name: str) -> Any:
    file = Path(name) / "tokenizer.json" if Path(name).is_dir() else Path(name)
    if file.is_file():
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(file))
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(name).backend_tokenizer
