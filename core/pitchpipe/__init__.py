"""pitchpipe: instruction tuning from YAML recipes, built of plugins. The names a plugin needs."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from pitchpipe.conversation import (
        Conversation,
        Drop,
        Message,
        Row,
        Source,
        Verdict,
        drop,
        judged,
        noted,
        replace,
    )
    from pitchpipe.errors import PitchpipeError, Quarantine
    from pitchpipe.hookspecs import Register, hookimpl
    from pitchpipe.jobs import Epoch, Score, Subject, Training
    from pitchpipe.options import Meta, TooLong
    from pitchpipe.plugin import profile
    from pitchpipe.sketches import Related, Sketches
    from pitchpipe.template import Piece, turns

__all__ = [
    "Conversation",
    "Drop",
    "Epoch",
    "Message",
    "Meta",
    "Piece",
    "PitchpipeError",
    "Quarantine",
    "Register",
    "Related",
    "Row",
    "Score",
    "Sketches",
    "Source",
    "Subject",
    "TooLong",
    "Training",
    "Verdict",
    "drop",
    "hookimpl",
    "judged",
    "noted",
    "profile",
    "replace",
    "turns",
]
_HOMES = ("hookspecs", "conversation", "template", "errors", "options", "jobs", "plugin", "sketches")


def __getattr__(name: str) -> Any:
    """Each name is imported when it is first asked for: `pitchpipe --help` needs none of them."""
    if name in __all__:
        for home in _HOMES:
            module = import_module(f"pitchpipe.{home}")
            if hasattr(module, name):
                globals()[name] = getattr(module, name)
                return globals()[name]
    raise AttributeError(f"module 'pitchpipe' has no attribute '{name}'")
