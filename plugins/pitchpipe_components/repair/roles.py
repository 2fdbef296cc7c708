"""The names that data sets give to the four roles."""

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

# Every known name, in lower case, and its role.
ROLES = {name: role for role, names in _NAMES.items() for name in names}


def role_of(name: Any) -> str | None:
    """Returns the role of a name, in any case and with any white space around it."""
    if not isinstance(name, str):
        return None
    return ROLES.get(name) or ROLES.get(name.strip().lower())
