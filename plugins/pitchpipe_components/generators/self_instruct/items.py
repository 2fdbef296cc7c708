"""Finds the tasks in a reply that lists some, in the many ways in which models write lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pitchpipe_components.generators.self_instruct.fields import LABEL, unfenced, unwrapped

# "9. ", "9) ", "(9) ", "9: ", "**Task 9:** ", "### Task 9", "- Task 9: ", in any language.
_MARK = re.compile(
    r"(?P<indent>[ \t]*)(?:[-*•>#]+ +)?(?:\*\*|__)?\(?(?P<word>[^\W\d_]{2,20})? ?#?(?P<number>\d{1,4})"
    r"(?:\*\*|__)?(?P<sign>[.):\uFF1A\u3001\uFF0E])?(?:\*\*|__)?(?P<gap>[ \t]*)(?P<rest>.*)"
)
_BULLET = re.compile(r"(?:[-*•\u2013]) +(?P<rest>\S.*)")
_FENCE = re.compile(r"\s*```")
_TITLE = re.compile(
    r"(?:\*\*|__)[^*_\n]{1,80}?(?::(?:\*\*|__)|(?:\*\*|__) ?(?:[:\uFF1A\u2013\u2014-]|\n))\s*(?=\S)"
)
_NAME = re.compile(
    r"(?:\*\*|__)?(?:(?:new|next) )?(?:task )?(?:instruction|task)(?: \d{1,4})? ?[:\uFF1A](?:\*\*|__)?\s*",
    re.I,
)
MOST = 1000  # numbers at the beginning of a line that are looked at
FARTHEST = 10  # a number that is higher than the one before by so much counts something else, as a year


@dataclass(frozen=True)
class Mark:
    """A number that may begin an item."""

    line: int
    indent: int
    word: str
    number: int
    rest: str


def listed(text: str, first: int) -> list[str]:
    """The tasks of a list that was to begin with the number `first`."""
    lines = unwrapped(text).split("\n")
    starts = _starts(list(islice(_marks(lines), MOST)), lines)
    if not starts and (bare := unfenced(text)) != text:
        return listed(bare, first)
    if not starts:
        return [task for line in _unnumbered(lines) if (task := cleaned(line))]
    found = [_body(one.rest, lines[one.line + 1 : end]) for one, end in _spans(starts, len(lines))]
    # A model that goes on where the prompt ended writes no number before its first item.
    if starts[0].number in (first + 1, 2) and (begun := "\n".join(lines[: starts[0].line]).strip()):
        found = found if begun.endswith((":", "\uff1a")) else [begun, *found]
    return [task for one in found if (task := cleaned(one))]


def only(text: str) -> str:
    """The task of a reply that was to hold one."""
    lines = unwrapped(text).split("\n")
    marked = next(_marks(lines), None)
    if marked and marked.word and not any(lines[: marked.line]):
        return next(iter(listed(text, marked.number)), "")
    opening = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[opening].rstrip().endswith((":", "\uff1a")) and any(
        line.strip() for line in lines[opening + 1 :]
    ):
        lines = lines[opening + 1 :]
    return cleaned("\n".join(lines))


def cleaned(task: str) -> str:
    """A task without what models put around it: a name, a title, quotes, an input that was not asked for."""
    task = _NAME.sub("", task.strip(), count=1) if _NAME.match(task.strip()) else task.strip()
    task = _TITLE.sub("", task, count=1) if _TITLE.match(task) else task
    lines = task.split("\n")
    end = next((number for number, line in enumerate(lines) if number and LABEL.match(line)), len(lines))
    task = "\n".join(line.rstrip() for line in lines[:end]).strip()
    for sign in ("**", "__", '"', "`", "\u201c\u201d"):
        opening, closing = (sign[0], sign[1]) if sign == "\u201c\u201d" else (sign, sign)
        inner = task[len(opening) : len(task) - len(closing)]
        if len(task) > 2 * len(sign) and task.startswith(opening) and task.endswith(closing):
            task = task if opening in inner else inner.strip()
    return task


def _marks(lines: list[str]) -> Iterator[Mark]:
    fenced = False
    for number, line in enumerate(lines):
        fenced ^= bool(_FENCE.match(line))
        found = None if fenced else _MARK.fullmatch(line)
        if found and _is_mark(found):
            indent = len(found["indent"].expandtabs(4))
            yield Mark(number, indent, (found["word"] or "").lower(), int(found["number"]), found["rest"])


def _is_mark(found: re.Match[str]) -> bool:
    """3.5 is no number of an item, and neither is 10:30; "Task 9" alone in its line is one."""
    if not found["sign"]:
        return bool(found["word"]) and not found["rest"]
    return bool(found["gap"]) or not found["rest"] or not found["rest"][0].isdigit()


def _starts(marks: list[Mark], lines: list[str]) -> list[Mark]:
    """Those that begin an item of the list itself: others number what an item holds."""
    same = [one for one in marks if one.word == marks[0].word and one.indent <= marks[0].indent + 1]
    starts = same[:1]
    for place, one in enumerate(same[1:], 1):
        last = starts[-1].number
        goes_on = any(later.number == last + 1 for later in same[place:])
        begins = not goes_on or (one.number < last and not _within(one, lines))
        if one.number in (last, last + 1) or (begins and one.number < last + FARTHEST):
            starts.append(one)
    return starts


def _within(one: Mark, lines: list[str]) -> bool:
    """Whether a number stands within an item: what stands before it leads to it."""
    above = lines[one.line - 1].rstrip()
    before = next((lines[at].rstrip() for at in range(one.line - 1, -1, -1) if lines[at].strip()), "")
    return bool(above) or before.endswith((":", "\uff1a"))


def _spans(starts: list[Mark], end: int) -> Iterator[tuple[Mark, int]]:
    ends = [*(one.line for one in starts[1:]), end]
    return zip(starts, ends, strict=True)


def _body(rest: str, lines: list[str]) -> str:
    """An item's first paragraph; and the next where that leads to it, as by a colon or a title alone."""
    said = [rest.strip()] if rest.strip() else []
    for line in lines:
        if not line.strip():
            title = len(said) == 1 and said[0].startswith(("**", "__")) and said[0].endswith(("**", "__"))
            if said and not title and not said[-1].rstrip().endswith((":", "\uff1a")):
                break
        else:
            said.append(line.strip())
    return "\n".join(said)


def _unnumbered(lines: list[str]) -> list[str]:
    """Items with bullets before them, or lines alone. A line that leads to others is no item."""
    bullets = [found["rest"] for line in lines if (found := _BULLET.fullmatch(line))]
    return bullets or [line for line in lines if line.strip() and not line.rstrip().endswith((":", "\uff1a"))]
