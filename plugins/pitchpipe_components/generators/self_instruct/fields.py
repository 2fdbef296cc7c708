"""Reads the fields of a reply: "Input: ...", "**Output:** ...", over as many lines as they have."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["input", "output", "example", ""]
_INPUTS = "input eingabe entrada entrée ingresso 输入 輸入 入力 입력 вход".replace(" ", "|")
_OUTPUTS = (
    "output expected_output correct_output label class_label class ausgabe salida saída sortie uscita"
    " 输出 輸出 出力 출력 вывод 标签 etiqueta étiquette"
).replace(" ", "|").replace("_", " ")  # fmt: skip
_EXAMPLES = "example instance beispiel ejemplo exempl[eo] esempio 示例 例 예시 пример".replace(" ", "|")
# What stands before a field's name: marks of Markdown, a number.
_BEFORE = r"[ \t]*(?:[-*\u2022>#]+ +)?(?:\d{1,2}[.)] *)?(?:\*\*|__)?"
LABEL = re.compile(
    rf"{_BEFORE}(?:(?P<input>{_INPUTS})|(?P<output>{_OUTPUTS}))(?: ?\([^)\n]{{1,40}}\))?(?: ?#?\d{{1,2}})?"
    r"(?:\*\*|__)? ?[:\uFF1A](?:\*\*|__)?[ \t]*(?P<rest>.*)",
    re.IGNORECASE,
)
# "Example 2", "**Example 2:**", "### Example 2"; a field may stand behind it.
HEAD = re.compile(
    rf"{_BEFORE}(?:{_EXAMPLES})"
    r" ?#?\d{0,2}(?:\*\*|__)? ?[:.)\uFF1A]?(?:\*\*|__)?[ \t]*(?P<rest>.*)",
    re.IGNORECASE,
)
_FENCE = re.compile(r"\s*(```+|~~~+)")
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,}|={3,})\s*")


def unwrapped(text: str) -> str:
    """A reply without its thoughts, and without the fence that holds all of it, closed or not."""
    _, thought, spoken = text.rpartition("</think>")
    lines = (spoken if thought else text).replace("\r\n", "\n").strip().split("\n")
    fences = [number for number, line in enumerate(lines) if _FENCE.match(line)]
    if fences in ([0], [0, len(lines) - 1]):
        lines = [line for number, line in enumerate(lines) if number not in fences]
    return "\n".join(lines).strip()


def unfenced(text: str) -> str:
    """A reply whose fences are no code: what was asked for stands in one."""
    return "\n".join("" if _FENCE.match(line) else line for line in text.split("\n"))


class ReplyPart(NamedTuple):
    """A line of a reply: what begins there, if anything does, what stands behind it, and the line itself."""

    kind: Kind
    rest: str
    line: str


def parts_of(text: str) -> Iterator[ReplyPart]:
    """The lines of a reply. What is fenced is content."""
    fence, lines = "", unwrapped(text).split("\n")
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if fence or mark:
            yield ReplyPart("", line, line)
            continue
        head = HEAD.fullmatch(line)
        behind = (head["rest"] or _next(lines, number)) if head else ""
        if head and LABEL.match(behind):  # a head without a field behind it is a word of the content
            yield ReplyPart("example", "", line)
            line = head["rest"]
        found = LABEL.fullmatch(line)
        if found:
            yield ReplyPart("input" if found["input"] else "output", found["rest"], line)
        elif line or not LABEL.match(behind):
            yield ReplyPart("", line, line)


def _next(lines: list[str], number: int) -> str:
    """The next line that holds anything."""
    return next((lines[at] for at in range(number + 1, len(lines)) if lines[at].strip()), "")


def content(lines: list[str]) -> str:
    """What a field holds, without rules and marks that stand around it."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or _RULE.fullmatch(lines[end - 1])):
        end -= 1
    text = "\n".join(lines[:end]).strip("\n").rstrip()
    text = text.lstrip(" ") if "\n" not in text else text
    return text[2:-2].strip() if text[:2] == text[-2:] == "**" and "**" not in text[2:-2] else text
