"""Constraints of form: lists, sections, titles, JSON, tables, highlights."""

import json
import re
from typing import Annotated

import pitchpipe as pp
from pitchpipe_components.evaluators.instructions.amounts import Relation, holds

ANSWERS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
_FENCES = ("```json", "```Json", "```JSON", "```")


def number_bullet_lists(reply: str, *, num_bullets: int) -> bool:
    """Exactly so many lines that begin with * or -; ** begins none."""
    stars = re.findall(r"^\s*\*[^\*].*$", reply, flags=re.MULTILINE)
    return len(stars) + len(re.findall(r"^\s*-.*$", reply, flags=re.MULTILINE)) == num_bullets


def numbered_list(reply: str, *, num_items: int) -> bool:
    """Exactly so many lines that begin with a number, from 1 on without a gap."""
    found = [int(number) for number in re.findall(r"^\s*(\d{1,4})[.)]\s", reply, flags=re.MULTILINE)]
    return found == list(range(1, num_items + 1))


def constrained_response(reply: str) -> bool:
    """One of IFEval's three answers stands in it."""
    return any(answer in reply for answer in ANSWERS)


def one_of(reply: str, *, options: Annotated[list[str], pp.Meta(min_length=1)]) -> bool:
    """The reply is one of these options and nothing else, but for case and a full stop."""
    return _bare(reply) in {_bare(option) for option in options}


def _bare(text: str) -> str:
    return text.strip().rstrip(".").lower()


def number_highlighted_sections(reply: str, *, num_highlights: int) -> bool:
    """At least so many parts between asterisks, *one* or **two**, that are not empty."""
    single = [part for part in re.findall(r"\*[^\n\*]*\*", reply) if part.strip("*").strip()]
    double = [part for part in re.findall(r"\*\*[^\n\*]*\*\*", reply) if part[2:-2].strip()]
    return len(single) + len(double) >= num_highlights


def multiple_sections(reply: str, *, section_spliter: str, num_sections: int) -> bool:
    """At least so many marks such as "Section 1"."""
    mark = rf"\s?{re.escape(section_spliter.strip())}\s?\d+\s?"
    return len(re.split(mark, reply)) - 1 >= num_sections


def headings(reply: str, *, num_headings: int, relation: Relation) -> bool:
    """So many headings of Markdown: lines that begin with # and a space."""
    return holds(len(re.findall(r"^#{1,6} +\S", reply, flags=re.MULTILINE)), relation, num_headings)


def title(reply: str) -> bool:
    """A title in double angle brackets: <<title>>."""
    return any(found.lstrip("<").rstrip(">").strip() for found in re.findall(r"<<[^\n]+>>", reply))


def json_format(reply: str) -> bool:
    """The whole reply is JSON, in a fence of Markdown or not."""
    try:
        json.loads(_unfenced(reply))
    except (ValueError, RecursionError):
        return False
    return True


def json_keys(reply: str, *, keys: Annotated[list[str], pp.Meta(min_length=1)]) -> bool:
    """The whole reply is an object of JSON with these keys and no others."""
    try:
        found = json.loads(_unfenced(reply))
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and set(found) == set(keys)


def json_list(reply: str, *, num_items: int) -> bool:
    """The whole reply is a list of JSON with so many entries."""
    try:
        found = json.loads(_unfenced(reply))
    except (ValueError, RecursionError):
        return False
    return isinstance(found, list) and len(found) == num_items


def _unfenced(reply: str) -> str:
    text = reply.strip()
    for fence in _FENCES:  # as IFEval has it: one after the other
        text = text.removeprefix(fence)
    return text.removesuffix("```").strip()


def table(reply: str, *, num_columns: int, num_rows: int) -> bool:
    """A table of Markdown with so many columns, and so many rows below its head."""
    lines = [line.strip() for line in reply.splitlines()]
    for at, line in enumerate(lines):
        if at and re.fullmatch(r"\|?(\s*:?-+:?\s*\|)+(\s*:?-+:?\s*)?\|?", line):
            body = [row for row in lines[at + 1 :]]
            end = next((n for n, row in enumerate(body) if "|" not in row), len(body))
            rows = [lines[at - 1], *body[:end]]
            return len(rows) - 1 == num_rows and all(_cells(row) == num_columns for row in rows)
    return False


def _cells(row: str) -> int:
    return len(row.removeprefix("|").removesuffix("|").split("|"))


def code_block(reply: str) -> bool:
    """A fenced block of code that is not empty."""
    return any(found.strip() for found in re.findall(r"```[^\n`]*\n(.*?)```", reply, flags=re.DOTALL))


def number_placeholders(reply: str, *, num_placeholders: int) -> bool:
    """At least so many placeholders in square brackets, such as [name]."""
    return len(re.findall(r"\[.*?\]", reply)) >= num_placeholders


def postscript(reply: str, *, postscript_marker: str) -> bool:
    """A postscript, with spaces between its letters or not."""
    marks = {"P.P.S": r"p\.\s?p\.\s?s", "P.S.": r"p\.\s?s\."}
    mark = postscript_marker.strip()
    return bool(re.search(marks.get(mark, re.escape(mark.lower())), reply.lower()))
