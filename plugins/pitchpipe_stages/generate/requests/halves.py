"""Text of a server may hold half of a pair of UTF-16 code units, which no file can."""


def without_halves(text: str) -> str:
    """The same text, with U+FFFD where a half stands alone."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
