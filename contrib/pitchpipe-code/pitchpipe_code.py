"""A filter for instruction data with code: drops conversations whose code blocks do not parse.

Parsers only read code; nothing in the data is ever executed.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Literal, get_args

import pitchpipe as pp

Language = Literal["python", "json", "yaml", "toml"]
Languages = tuple[Language, ...]
ALL: Languages = get_args(Language)
ALIASES = {"py": "python", "py3": "python", "python3": "python", "pycon": "python", "yml": "yaml"}
ITEM = re.compile(r" *(?:[-+*]|[0-9]{1,9}[.)]) +")
OPENING = re.compile(rf"((?:{ITEM.pattern})* *)(`{{3,}}(?=[^`]*$)|~{{3,}})[ {{.]*([^\s{{}}:,]*)")
MAGIC = re.compile(r"^([ \t]*)(?:%[a-zA-Z]|!(?!=)).*", re.MULTILINE)


@pp.hookimpl
def register_filters(register: pp.Register) -> None:
    register("valid_code", valid_code)


def valid_code(
    conversation: pp.Conversation,
    *,
    languages: Annotated[Languages, pp.Meta(description="blocks with these tags must parse")] = ALL,
    unclosed: Annotated[
        Literal["drop", "keep"], pp.Meta(description="what to do if a block is never closed")
    ] = "drop",
) -> pp.Conversation | pp.Drop:
    """Keeps conversations in whose replies every fenced code block is closed and parses."""
    broken: list[str] = []
    for message in conversation.messages:
        for tag, code, closed in blocks(message.content) if message.role == "assistant" else ():
            language = ALIASES.get(tag, tag)
            if not closed:
                broken += ["code block never closed"] * (unclosed == "drop")
            elif language in languages and (why := problem(language, code)):
                broken.append(f"{language} does not parse: {why}")
    return pp.drop(broken[0], score=len(broken), limit=0) if broken else conversation


def blocks(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yields the tag and the code of each fenced block, found as in CommonMark, and whether it is closed."""
    lines, in_list = iter(re.split(r"\r\n?|\n", text)), False
    for line in lines:
        in_list = bool(ITEM.match(line)) or (in_list and not line[:1].strip())
        opening = OPENING.match(line.expandtabs(4))
        # Four spaces make a fence plain text (as in a traceback's ~~~~^^^^), but lists indent their fences.
        if opening and (in_list or len(opening[1]) < 4):
            yield opening[3].lower(), *block(lines, len(opening[1]), opening[2], in_list)


def block(lines: Iterator[str], indent: int, fence: str, in_list: bool) -> tuple[str, bool]:
    """Reads up to the closing fence. The code loses the indent of its opening fence."""
    closing = re.compile(rf" {{0,{3 + indent * in_list}}}{fence}{fence[0]}* *")
    code: list[str] = []
    for line in lines:
        if closing.fullmatch(line.expandtabs(4)):
            return "\n".join(code), True
        code.append(re.sub(f"^ {{0,{indent}}}", "", line))
    return "\n".join(code), False


def problem(language: str, code: str) -> str:
    """Says why code does not parse; an empty text if it does."""
    try:
        parse(language, code)
    except Exception as error:  # parsers raise RecursionError, MemoryError, OverflowError and more
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else getattr(error, "lineno", None)
        message = getattr(error, "problem", None) or getattr(error, "msg", None) or str(error)
        why = message.partition("\n")[0] or type(error).__name__
        return f"line {line}, {why}" if line else why
    return ""


def parse(language: str, code: str) -> None:
    """Parses code with the language's own parser, and raises its errors."""
    import json
    import tomllib

    import yaml

    match language:
        case "python":
            parse_python(code)
        case "json":
            json.loads(code)
        case "yaml":
            list(yaml.compose_all(code, yaml.SafeLoader))  # deep nesting crashes CSafeLoader
        case "toml":
            tomllib.loads(code)


def parse_python(code: str) -> None:
    """Parses Python, also with a notebook's `%` and `!` lines; passes `%%` cells, which hold any language."""
    import ast
    import textwrap
    import warnings

    code = textwrap.dedent(code)
    code = typed(code) if code.lstrip().startswith(">>>") else code
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ast.parse warns of bad escapes
        try:
            ast.parse(code)
        except SyntaxError:
            if not code.lstrip().startswith("%%"):
                ast.parse(MAGIC.sub(r"\1pass", code))


def typed(transcript: str) -> str:
    """Returns the code typed into a REPL, each line in its place, except what a SyntaxError answered."""
    from doctest import DocTestParser

    lines = [""] * (transcript.count("\n") + 1)
    for example in DocTestParser().get_examples(transcript):
        if "SyntaxError" not in example.want:
            source = example.source.split("\n")[:-1]
            lines[example.lineno : example.lineno + len(source)] = source
    return "\n".join(lines)
