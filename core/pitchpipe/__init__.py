"""pitchpipe: instruction tuning from YAML recipes, built of plugins. The names a plugin needs."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from pitchpipe.conversation import Conversation, Drop, Message, Row, Source, drop
    from pitchpipe.errors import PitchpipeError, Quarantine
    from pitchpipe.hookspecs import Register, hookimpl
    from pitchpipe.jobs import Score, Subject, Training
    from pitchpipe.options import Meta
    from pitchpipe.template import Piece, turns

__all__ = [
    "Conversation",
    "Drop",
    "Message",
    "Meta",
    "Piece",
    "PitchpipeError",
    "Quarantine",
    "Register",
    "Row",
    "Score",
    "Source",
    "Subject",
    "Training",
    "drop",
    "hookimpl",
    "turns",
]
_HOMES = ("hookspecs", "conversation", "template", "errors", "options", "jobs")


def __getattr__(name: str) -> Any:
    """Each name is imported when it is first asked for: `pitchpipe --help` needs none of them."""
    if name in __all__:
        for home in _HOMES:
            module = import_module(f"pitchpipe.{home}")
            if hasattr(module, name):
                globals()[name] = getattr(module, name)
                return globals()[name]
    raise AttributeError(f"module 'pitchpipe' has no attribute '{name}'")
