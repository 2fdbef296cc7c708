"""Constraints of what stands where: beginnings, ends, quotes, two replies in one, the prompt repeated."""

STARS = "*" * 6


def end_checker(reply: str, *, end_phrase: str) -> bool:
    """It ends with these words, in any case, and nothing follows."""
    return reply.strip().strip('"').lower().endswith(end_phrase.strip().lower())


def start_checker(reply: str, *, start_phrase: str) -> bool:
    """It begins with these words, in any case."""
    return reply.strip().strip('"').lower().startswith(start_phrase.strip().lower())


def quotation(reply: str) -> bool:
    """All of it is in double quotation marks."""
    text = reply.strip()
    return len(text) > 1 and text[0] == text[-1] == '"'


def two_responses(reply: str) -> bool:
    """Two different replies with six asterisks between them."""
    parts = [part.strip() for part in reply.split(STARS)]
    if not all(parts[1:-1]):
        return False
    found = [part for part in parts if part]
    return len(found) == 2 and found[0] != found[1]


def repeat_prompt(reply: str, *, prompt_to_repeat: str) -> bool:
    """It begins with the request, word for word."""
    return start_plain(reply).startswith(start_plain(prompt_to_repeat))


def start_plain(text: str) -> str:
    return text.strip().lower()
