"""The numbers of a text; marked as the answer in GSM8K (behind ####) and MATH (in \\boxed{...})."""

import re
from fractions import Fraction

NUMBER = r"(?:(?<![\w)])[-+−])?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:\s*/\s*\d+)?"  # noqa: RUF001  a true minus sign
BEHIND = (re.compile(rf"####\s*\$?\s*({NUMBER})"), re.compile(rf"\\boxed\{{\s*\$?\s*({NUMBER})"))
ANY = re.compile(NUMBER)
FRACTION = re.compile(r"\\[dt]?frac\{(\d+)\}\{(\d+)\}")


def last_number(text: str, marked: bool = False) -> Fraction | None:
    """The number that a text comes to: the last one behind #### or in \\boxed{}, or else the last of all,
    if not only `marked` ones count."""
    text = _plain(text)
    found = [number for mark in BEHIND for match in mark.finditer(text) if (number := _read(match[1]))]
    if not found and not marked:
        found = [number for match in ANY.finditer(text) if (number := _read(match[0]))]
    return found[-1][0] if found else None


def first_number(text: str) -> Fraction | None:
    """The first number of a text."""
    found = (number for match in ANY.finditer(_plain(text)) if (number := _read(match[0])))
    return next((number for (number,) in found), None)


def _plain(text: str) -> str:
    return FRACTION.sub(r"\1/\2", text).replace("{,}", ",").replace("\\!", "")


def _read(digits: str) -> tuple[Fraction] | None:
    """A number, or nothing; 1,000 and 1000.0 are the same one."""
    plain = re.sub(r"[,\s]", "", digits).replace("−", "-")  # noqa: RUF001
    try:
        return (Fraction(plain),)
    except (ValueError, ZeroDivisionError):
        return None
