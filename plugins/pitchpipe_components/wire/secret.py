"""A key: named in a recipe by its variable, read when it is needed, and never shown."""

import os
import re

import pitchpipe as pp

_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_KEY = re.compile(r"\b(?:sk|pk|gsk|xai|hf|ghp|nvapi|Bearer)[-_ ][A-Za-z0-9_-]{16,}")
LONG = 16  # signs without a _: more of them are rather a key


class Secret:
    """The key of a server. Without a variable there is none."""

    def __init__(self, variable: str | None):
        if variable is not None and not _is_name(variable):
            # What was written may be the key itself, and this is printed.
            raise ValueError(
                "key: expected the name of a variable of the environment, as OPENAI_API_KEY. Never write a"
                " key into a recipe: take it out, and make a new one if the file was shared"
            )
        self.variable = variable or ""

    def headers(self) -> dict[str, str]:
        if not self.variable:
            return {}
        value = self._value()
        if not value:
            raise pp.PitchpipeError(f"the variable {self.variable} holds no key: export {self.variable}=...")
        if not value.isascii() or not value.isprintable():
            raise pp.PitchpipeError(f"the variable {self.variable} holds signs that no key has")
        return {"Authorization": f"Bearer {value}"}

    def hidden(self, text: str, said: bool = False) -> str:
        """Text of a server or a library, without the key. What a model has `said` may hold any word: a short
        key, as EMPTY at a server of one's own, is no secret and stays there."""
        value = self._value()
        if not value or (said and len(value) < LONG):
            return text
        return text.replace(value, f"[{self.variable}]")

    def _value(self) -> str:
        return os.environ.get(self.variable, "").strip() if self.variable else ""


def must_hold_none(option: str, said: object) -> None:
    """Refuses an option in which somebody has written a key."""
    if _KEY.search(str(said)):
        raise ValueError(
            f"{option}: this holds what looks like a key, and a recipe is kept with its run. Take it out, and"
            " name the variable that holds it: `key: NAME`"
        )


def _is_name(said: str) -> bool:
    """Whether it is a variable's name in capitals: keys have small letters and dashes."""
    return bool(_NAME.fullmatch(said)) and ("_" in said or len(said) <= LONG)
