"""Why a new task or an instance is not taken, with the score and the limit that decide."""

import re
from collections.abc import Iterator

import pitchpipe as pp
from pitchpipe_components.generators.self_instruct.instances import Instance
from pitchpipe_components.generators.self_instruct.presets import Values
from pitchpipe_components.text.made_up import OPENINGS, odd_opening
from pitchpipe_components.text.phrases import among
from pitchpipe_components.text.words import unspaced

# What is left of a list, of the prompt, or of the form that a prompt asks for.
_NUMBERED = re.compile(r"(?:task |instruction )?\d{1,3}\s?[.):](?!\d)", re.IGNORECASE)
_LEAKED = re.compile(
    r"\btask \d+ ?:|\bnew task instruction\b|^#+ ?(?:instruction|task|input|output)\b"
    r"|\{(?:tasks?|instruction|input|output)\}",
    re.IGNORECASE | re.MULTILINE,
)
_FORM = re.compile(r"\[(?:your|the|expected|optional|input|output)[^\]\n]{0,40}\]", re.IGNORECASE)


def length_in_words(text: str) -> int:
    """Words with spaces between them. Where a script has no spaces, two characters count as one."""
    if text.isascii():
        return len(text.split())
    bare = sum(1 for character in text if unspaced(character))
    spaced = "".join(" " if unspaced(character) else character for character in text)
    return len(spaced.split()) + (bare + 1) // 2


def against_task(task: str, values: Values) -> pp.Drop | None:
    """The first rule that a new task breaks."""
    return next(_broken(task, values), None)


def _broken(task: str, values: Values) -> Iterator[pp.Drop]:
    words, low = length_in_words(task), task.lower()
    if not task:
        yield pp.drop("no task")
        return
    if len(task) < values.min_chars:
        yield pp.drop("too few characters", score=len(task), limit=values.min_chars)
    if words < values.min_words:
        yield pp.drop("too few words", score=words, limit=values.min_words)
    if words > values.max_words:
        yield pp.drop("too many words", score=words, limit=values.max_words)
    if _NUMBERED.match(task):
        yield pp.drop(f"begins with a number of a list: {task[:20]}")
    if values.openings != "any" and (odd := odd_opening(task, non_ascii=values.openings == "ascii")):
        yield pp.drop(odd)
    if values.openings == "ascii" and not task[0].isalnum():
        yield pp.drop(f"prompt opens with punctuation: {task[0]}")
    if not values.programs and low.startswith(OPENINGS):
        yield pp.drop(f"opens as many do: {task[:20]}")
    if leaked := _LEAKED.search(task):
        yield pp.drop(f"holds words of the prompt: {leaked[0]}")
    if values.blacklist and (found := among(values.blacklist)).count(task, low):
        yield pp.drop(f"asks for more than text: {found.quote(task)}", score=found.count(task, low), limit=0)


def against_instance(task: str, one: Instance, values: Values) -> pp.Drop | None:
    """The first rule that an instance breaks."""
    output = one.output or ""
    size, most = len(output), values.max_output_chars
    if not output:
        return pp.drop("no output")
    if _FORM.fullmatch(output) or _FORM.fullmatch(one.input):
        return pp.drop("repeats the form that the prompt shows")
    if size < values.min_output_chars:
        return pp.drop("output too short", score=size, limit=values.min_output_chars)
    if most is not None and size > most:
        return pp.drop("output too long", score=size, limit=most)
    if " ".join(output.split()).lower() == " ".join(one.input.split()).lower():
        return pp.drop("output repeats the input")
    if not values.repeats_instruction and task.lower() in output.lower():
        return pp.drop("output holds its instruction")
    for name, text in (("output", output), ("input", one.input if ":" in values.unfinished else "")):
        if text.endswith(values.unfinished):
            return pp.drop(f"{name} is not finished: ends in {text[-20:]}")
    return None


def against_each(task: str, found: list[Instance], values: Values) -> list[pp.Drop | None]:
    """For each instance of one task why it is not taken, if it is not: also for what the others say."""
    outputs: dict[str, set[str]] = {}
    for one in found:
        if one.input:  # without an input the first output stands for the task
            outputs.setdefault(one.input, set()).add(one.output or "")
    seen, decided, kept = set[str](), list[pp.Drop | None](), 0
    for one in found:
        drop = against_instance(task, one, values)
        if drop is None and len(outputs.get(one.input, ())) > 1:
            drop = pp.drop("another instance has this input and another output")
        if drop is None and one.input in seen:
            drop = pp.drop("an instance with this input came before")
        if drop is None and kept >= values.max_instances:
            drop = pp.drop("more instances than wanted", score=kept + 1, limit=values.max_instances)
        seen.add(one.input)
        kept += drop is None
        decided.append(drop)
    return decided
