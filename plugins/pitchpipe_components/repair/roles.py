"""Who speaks: the names that data sets give to the four roles."""

from typing import Any

_NAMES = {
    "system": ("system", "developer"),
    "user": ("user", "human", "prompter", "input", "question"),
    "assistant": (
        *("assistant", "gpt", "chatgpt", "bing", "bard", "bot", "chatbot", "model", "ai", "output", "answer"),
        *("function_call", "tool_call"),
    ),
    "tool": (
        *("tool", "function", "observation", "ipython"),
        *("function_response", "tool_response", "tool_result", "tool_results"),
    ),
}

# Every name in use, in small letters, and the role it means.
ROLES = {name: role for role, names in _NAMES.items() for name in names}


def role_of(name: Any) -> str | None:
    """The role that a name means, whatever its case and the space around it."""
    if not isinstance(name, str):
        return None
    return ROLES.get(name) or ROLES.get(name.strip().lower())
