"""The summary of an evaluation: the base model beside the tuned one."""

from collections.abc import Callable
from functools import partial
from itertools import chain, islice
from shutil import get_terminal_size

import msgspec

from pitchpipe.host.contracts import Console
from pitchpipe.host.scoring import Score
from pitchpipe.run.directory import Run
from pitchpipe_stages.console import escape, shortened
from pitchpipe_stages.evaluate.evaluated import Evaluated
from pitchpipe_stages.evaluate.sections import EVALUATORS
from pitchpipe_stages.evaluate.telling import contaminated_lines, group_lines
from pitchpipe_stages.evaluate.words import difference_shown, plain, readable, shown

SHOWN = 3  # questions with both models' answers


def show_scores(run: Run, evaluation: Evaluated) -> None:
    """Show the scores of both models, what got worse and better, and some answers."""
    show_table(evaluation, list(evaluation.models), run.console)
    for use in run.recipe[EVALUATORS]:
        run.console.say(f"[dim]{escape(use.label)}: {escape(use.component.summary)}[/]")
    for line in chain(group_lines(evaluation), contaminated_lines(evaluation)):
        run.console.say(line)
    if len(evaluation.models) > 1:
        _answers(run, list(evaluation.models))


def show_table(evaluation: Evaluated, models: list[str], console: Console) -> None:
    """Show scores and differences under the models' names.

    Where it is narrow, intervals stand below; where it is very narrow, those of the differences alone.
    """
    room, both = get_terminal_size().columns, len(evaluation.models) > 1
    ways: list[Callable[[Score], str]] = [
        partial(shown, between="  "),
        partial(shown, between="\n"),
        *[plain] * both,
    ]
    tables = [_lines(evaluation, way, "\n" if at else "  ") for at, way in enumerate(ways)]
    lines = next((table for table in tables if _width(table) <= room), tables[-1])
    console.table("Scores, with 95 % intervals", ["", *models, *["difference"] * both], lines)


def _lines(evaluation: Evaluated, way: Callable[[Score], str], between: str) -> list[list[str]]:
    names = list(dict.fromkeys(name for found in evaluation.models.values() for name in found))
    lines = [[readable(name)] for name in names]
    for name, line in zip(names, lines, strict=True):
        for found in evaluation.models.values():
            line.append(way(found[name]) if name in found else "")
        if len(evaluation.models) > 1:
            line.append(difference_shown(evaluation.both(name), between))
    return lines


def _width(lines: list[list[str]]) -> int:
    """Columns that a table takes."""
    columns = zip(*lines, strict=True)
    return sum(max(len(part) for cell in column for part in cell.split("\n")) + 3 for column in columns)


def _answers(run: Run, models: list[str]) -> None:
    """Show what both models say to the first held-out prompts."""
    files = [run.path / f"answers-{model}.jsonl" for model in models]
    if not all(file.exists() and file.stat().st_size for file in files):
        return
    pairs = zip(*(map(msgspec.json.decode, file.open("rb")) for file in files), strict=False)
    lines = [
        [shortened(b["prompt"], 36), shortened(b["said"], 36), shortened(t["said"], 36)]
        for b, t in islice(pairs, SHOWN)
    ]
    run.console.table("\nFor instance", ["asked", "base says", "tuned says"], lines, left=3)
