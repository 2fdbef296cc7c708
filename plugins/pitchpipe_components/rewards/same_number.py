"""Whether a reply comes to the expected number, as in GSM8K (behind ####) and MATH (in \\boxed{...})."""

import re
from fractions import Fraction
from typing import Annotated

import pitchpipe as pp
from pitchpipe_components.rewards.expected import expected

NUMBER = r"(?:(?<![\w)])[-+−])?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:\s*/\s*\d+)?"  # noqa: RUF001  a true minus sign
BEHIND = (re.compile(rf"####\s*\$?\s*({NUMBER})"), re.compile(rf"\\boxed\{{\s*\$?\s*({NUMBER})"))
ANY = re.compile(NUMBER)
FRACTION = re.compile(r"\\[dt]?frac\{(\d+)\}\{(\d+)\}")


def same_number(
    reply: str,
    conversation: pp.Conversation,
    *,
    marked: Annotated[
        bool, pp.Meta(description="only numbers of the reply behind #### or in \\\\boxed{} count")
    ] = False,
) -> float:
    """1 where the reply comes to the number that the row expects, else 0.

    It is the last number behind #### or in \\boxed{}, or else the last number of all.
    """
    answer = expected(conversation)
    if answer is None:
        return 0.0
    wanted = last_number(answer, marked=False)
    if wanted is None:
        raise ValueError("the expected reply holds no number")
    return float(last_number(reply, marked) == wanted)


same_number.compares = True  # type: ignore[attr-defined]  # with an expected reply


def last_number(text: str, marked: bool) -> Fraction | None:
    """The number that a text comes to; only `marked` ones count, if it is said so."""
    text = FRACTION.sub(r"\1/\2", text).replace("{,}", ",").replace("\\!", "")
    found = [number for mark in BEHIND for match in mark.finditer(text) if (number := _read(match[1]))]
    if not found and not marked:
        found = [number for match in ANY.finditer(text) if (number := _read(match[0]))]
    return found[-1][0] if found else None


def _read(digits: str) -> tuple[Fraction] | None:
    """A number, or nothing; 1,000 and 1000.0 are the same one."""
    plain = re.sub(r"[,\s]", "", digits).replace("−", "-")  # noqa: RUF001
    try:
        return (Fraction(plain),)
    except (ValueError, ZeroDivisionError):
        return None
