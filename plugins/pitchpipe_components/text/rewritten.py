"""Texts that a model wrote anew: what stands around them is taken off, what they leak of a prompt is found.

Models announce what comes ("Here is the rewritten instruction:"), label it ("#Rewritten Prompt#:"), fence it,
quote it, and explain it in the end ("This version adds ...").
"""

import json
import re

_NEWLY = (
    r"(?:re-?written|evolved?|evolution|new|revised|created|generated|modified|updated|improved|enhanced|refined"
    r"|final|finally|adapted|reworded|harder|more (?:\w+ and )?(?:complex|complicated|specific|concrete"
    r"|challenging|detailed|difficult|advanced|demanding))"
)
_TEXT = r"(?:prompts?|instructions?|tasks?|questions?|requests?|quer(?:y|ies))"
_MARKS = r"[#*_> \t]*"
_COLON = "[:\uff1a]"  # of ASCII, and as wide as a Chinese character
_MOST_STEPS = 6  # layers around a text, as a label in a fence in quotes
_MOST_WORDS = 25  # of what announces a text

_THOUGHT = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>|\A.*</think(?:ing)?>", re.DOTALL)
_OPENED = re.compile(r"<((?:\w{1,20}_)?(?:instruction|prompt))>", re.I)
# "#Rewritten Prompt#:", "**Evolved instruction (round 2):**", "Evolved instruction with added constraints:"
_LABEL = re.compile(
    rf"^{_MARKS}(?:the |my |your )?(?:{_NEWLY}[ ,]+(?:and )?){{1,3}}{_TEXT}(?: \w[\w-]*){{0,5}}"
    rf"(?: ?\([^()\n]*\))?[ \t]*(?:{_COLON}|#+[ \t]*{_COLON}?|\*\*[ \t]*{_COLON}?)[ \t#*_]*"
    rf"|^{_MARKS}(?:改写|重写|改编|进化|新)后?的?(?:提示词?|指令|问题|题目|prompt)[#*_]*"
    rf"[ \t]*{_COLON}[ \t#*_]*"
    rf"|^#{{1,6}} ?(?:the )?(?:{_NEWLY} )+{_TEXT}[ \t]*$",
    re.I | re.M,
)
_BARE = re.compile(rf"\A[#*_ ]*{_TEXT}(?: (?:with|requiring)(?: [\w-]+){{1,4}})?[*_]*:[ \t*_]*", re.I)
_ANNOUNCED = re.compile(r"\A([^:\n]+):[ \t*_]*\s*")
_OPENS = re.compile(
    r"(?:sure|certainly|of course|okay|ok|absolutely|great|gladly|alright|no problem|here|below|this is"
    r"|the following|i have|i've|i rewrote|let's|let me)\b",
    re.I,
)
_SUBJECT = re.compile(
    rf"\b{_NEWLY}\b.*\b(?:{_TEXT}|version|one)\b|\b{_TEXT}\b.*\b{_NEWLY}\b"
    r"|\b(?:the|an?|my|your)(?: \w+)? (?:instruction|prompt)\s*\Z",
    re.I,
)
_GLAD = re.compile(r"\A(?:sure(?: thing)?|certainly|of course|absolutely|okay|ok|great)\s*[!.]\s+", re.I)
_FENCED = re.compile(
    r"\A(`{3,}|~{3,})[ \t]*(?:text|plaintext|txt|markdown|md|json)?[ \t]*\n(.*?)\n[ \t]*\1\s*\Z", re.DOTALL
)
_QUOTES = ('""', "''", "“”", "‘’", "«»", "「」", "``")  # noqa: RUF001
# What explains the text that stands before it, as a paragraph begins.
_EXPLAINS = re.compile(
    rf"(?:[-*_]{{3,}}\s*)?[(\[*_#> \t]*(?:note:?[*_]*:?\s+)?(?:"
    rf"this\s+(?:{_NEWLY}\s+)+(?:{_TEXT}|version|one)\b"
    rf"|(?:the|my)\s+(?:re-?written|evolved|revised|modified)\s+(?:{_TEXT}|version|one)\b"
    rf"|this\s+(?:{_TEXT}|version|rewrite|evolution)\s+(?:now\s+)?(?:\w+ly\s+)?(?:adds?|asks?|requires?|introduces?|includes?"
    r"|increases?|maintains?|keeps?|makes?|builds?|demands?|challenges?|encourages?|has|is|will|should|retains?)\b"
    r"|in this (?:\w+ )?version\b"
    r"|i(?:'ve| have)? (?:added|rewr\w+|made|changed|kept|increased|evolved|replaced|deepened)\b"
    r"|(?:the )?(?:added|additional|new) (?:constraints?|requirements?)(?: \w+){0,2}[*_]*:"
    r"|(?:key |main )?(?:changes?|explanation|rationale|justification|improvements?)(?: \w+){0,2}[*_]*:"
    r"|let me know\b|i hope (?:this|that|it)\b|would you like (?:me|another)\b|feel free to\b)",
    re.I,
)
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*|\n(?=[ \t]*[(\[*]*(?:note|explanation)\b)", re.I)

# Words that speak of an instruction as of something that was given to be rewritten.
_LEAKS = re.compile(
    rf"#+ ?(?:the )?(?:given|old|original|{_NEWLY})[ ]{_TEXT} ?#*"
    r"|\b(?:given|rewritten|evolved|created|original) (?:prompt|instruction)s?\b"
    r"|</?(?:\w+_)?(?:instruction|prompt)>",
    re.I,
)


def unwrapped(text: str) -> str:
    """The new text alone."""
    text = _THOUGHT.sub("", text).strip()
    for _ in range(_MOST_STEPS):
        before = text
        for step in (_unfenced, _from_json, _tagged, _labelled, _after_announcement, _unquoted, _unexplained):
            text = step(text).strip()
        if text == before:
            break
    return text


def leak_of(text: str, allowed: str = "") -> str:
    """The first words of a prompt that rewrites, unless they stand in the `allowed` text too."""
    known = allowed.lower()
    found = (match[0].strip() for match in _LEAKS.finditer(text))
    return next((words for words in found if words.lower() not in known), "")


def wrapping_of(text: str) -> str:
    """What announces, labels or explains the new text, if it was left around it."""
    if labelled := _LABEL.search(text):
        return labelled[0].strip()
    opening = _ANNOUNCED.match(text.lstrip())
    if opening and _OPENS.match(opening[1].lstrip("#*_ ")) and _SUBJECT.search(opening[1]):
        return opening[1].strip()
    behind = (_EXPLAINS.match(text, gap.end()) for gap in _PARAGRAPH.finditer(text))
    explained = next(filter(None, behind), None)
    return text[explained.start() :].partition("\n")[0] if explained else ""


def _from_json(text: str) -> str:
    """The one text of {"instruction": "..."}."""
    if not (text.startswith("{") and text.endswith("}")):
        return text
    try:
        found = json.loads(text, strict=False)
    except ValueError:
        return text
    ((name, value),) = found.items() if isinstance(found, dict) and len(found) == 1 else (("", ""),)
    return value if isinstance(value, str) and re.search(_TEXT, name, re.I) else text


def _tagged(text: str) -> str:
    """What stands between the last tags."""
    opened = list(_OPENED.finditer(text))
    closed = opened and re.compile(f"</{opened[-1][1]}>", re.I).search(text, opened[-1].end())
    return _left(text, text[opened[-1].end() : closed.start()]) if closed else text


def _labelled(text: str) -> str:
    """What stands behind the last label."""
    ends = [found.end() for found in _LABEL.finditer(text) if text[found.end() :].strip()]
    return text[ends[-1] :] if ends else text


def _after_announcement(text: str) -> str:
    text = _left(text, _GLAD.sub("", text))
    text = _left(text, _BARE.sub("", text))
    found = _ANNOUNCED.match(text)
    if not found or len(found[1].split()) > _MOST_WORDS:
        return text
    announces = _OPENS.match(found[1].lstrip("#*_ ")) and _SUBJECT.search(found[1])
    return _left(text, text[found.end() :]) if announces else text


def _unfenced(text: str) -> str:
    found = _FENCED.match(text)
    return found[2] if found and "```" not in found[2] else text


def _unquoted(text: str) -> str:
    """Without quotes around all of it, and without stars that make all of it bold."""
    for quotes in _QUOTES:
        inner = text[1:-1]
        if len(text) > 2 and text[0] + text[-1] == quotes and not set(quotes) & set(inner):
            return inner
    if text.startswith("**") and text.endswith("**") and "**" not in text[2:-2]:
        return text[2:-2]
    lines = text.split("\n")
    if all(line.startswith(">") for line in lines):
        return "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines)
    return text


def _unexplained(text: str) -> str:
    """Without the paragraphs behind it that explain it."""
    for gap in _PARAGRAPH.finditer(text):
        if _EXPLAINS.match(text, gap.end()):
            return re.sub(r"\s*\n[-*_]{3,}\s*\Z", "", text[: gap.start()])
    return text


def _left(text: str, rest: str) -> str:
    """What is left, if anything is."""
    return rest if rest.strip() else text
