"""Counts tokens with a tokenizer that the user names."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.console import RichConsole

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CountTokens = Callable[[list[str]], list[int]]  # from texts to the number of tokens of each


def token_counter(name: str, console: RichConsole) -> CountTokens:
    """A function that counts tokens with this tokenizer: a file, a folder or a name on the hub."""
    with console.waiting("loading the tokenizer"):
        tokenizer = _load(name)
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(texts: list[str]) -> list[int]:
        readable = [text.encode("utf-8", "replace").decode() for text in texts]
        return [len(encoding) for encoding in tokenizer.encode_batch(readable, add_special_tokens=False)]

    return count


def _load(name: str) -> "Tokenizer":
    try:
        return _tokenizer(name)
    except ImportError:
        raise PitchpipeError("--tokenizer needs pip install 'pitchpipe[train]'") from None
    except Exception as error:  # each library raises its own errors
        first = str(error).partition("\n")[0]
        raise PitchpipeError(f"--tokenizer {name}: no tokenizer there: {first}") from None


def _tokenizer(name: str) -> "Tokenizer":
    file = Path(name) / "tokenizer.json" if Path(name).is_dir() else Path(name)
    if file.is_file():
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(file))
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(name).backend_tokenizer
