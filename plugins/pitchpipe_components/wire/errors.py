"""What a server says of an error: its words, its code, whichever form it has."""

from typing import Any

MOST = 300  # characters of a server's words in an error


def words_of(data: Any, body: str) -> str:
    """What a server says of an error."""
    said = data
    for name in ("error", "message", "detail"):
        said = said.get(name, said) if isinstance(said, dict) else said
    return short(said if isinstance(said, str) else body)


def error_of(data: Any) -> dict[str, Any]:
    """The error, which some servers give without an `error` around it."""
    said = data.get("error") if isinstance(data, dict) else None
    return said if isinstance(said, dict) else data if isinstance(data, dict) else {}


def code_of(data: Any) -> Any:
    """The code of an error, or its type where it has none."""
    said = error_of(data)
    code = said.get("code") or said.get("type")
    return int(code) if isinstance(code, str) and code.isdecimal() else code


def short(text: str) -> str:
    """Words of a server for a line on the screen: nothing of them moves the cursor."""
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    text = " ".join(text.split())
    return text if len(text) <= MOST else text[: MOST - 3] + "..."
