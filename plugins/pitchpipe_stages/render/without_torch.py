"""Transformers reads tokenizers without torch as well as with it, and is there three times as soon.

Only in a process that does nothing else: Transformers does not look for torch twice.
"""

import os
import sys
from collections.abc import Callable
from typing import TypeVar

Loaded = TypeVar("Loaded")
NAME = "torch"


def without_torch(load: Callable[[], Loaded]) -> Loaded:
    """What `load` returns where torch cannot be imported; where that fails, with torch."""
    if NAME in sys.modules or "transformers" in sys.modules:
        return load()
    sys.modules[NAME] = None  # type: ignore[assignment]  # this is how Python spells it
    os.environ["TRANSFORMERS_NO_ADVISORY_WARNINGS"] = "1"  # it would advise to install torch
    try:
        return load()
    except Exception:  # code that comes with a model or a plugin may need torch
        for name in [name for name in sys.modules if name.partition(".")[0] == "transformers"]:
            del sys.modules[name]
        del sys.modules[NAME]
        return load()
    finally:
        if NAME in sys.modules and sys.modules[NAME] is None:
            del sys.modules[NAME]
