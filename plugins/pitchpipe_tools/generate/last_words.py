"""The last words: where the rows are, what is missing, its cure, and what comes next."""

from pathlib import Path

from pitchpipe_stages.console import RichConsole, escape
from pitchpipe_stages.generate.making.made import MadeFile
from pitchpipe_stages.generate.making.place import LEDGER, ROWS
from pitchpipe_tools.generate.words import several

OFFLINE = "Without --offline the same command asks what is missing."
BUDGET = "With a larger `budget` the same command asks what is left, and pays for nothing twice."
CUT = "`accept: [cut]` of the generator takes them as they are; a larger `max_tokens` asks all of them anew"
NO_REPLY = "The same command asks them again."
IN_VAIN = "Change what refuses so much, or what is asked for; what was answered is not asked again."


def show_end(console: RichConsole, folder: Path, made: MadeFile, recipe: str, offline: bool) -> None:
    """Of a work that came to its end. `recipe` is what to run then; nothing: it only makes rows."""
    console.say(f"\n[bold]{several(made.rows, 'row')}[/]: {escape(folder / ROWS)}")
    console.say(f"[dim]why each of the others is none: {escape(folder / LEDGER)}[/]")
    if not made.finished:
        console.say(f"[yellow]less than was wanted:[/] {escape(made.problem)}\n{cure_of(made, offline)}")
    if cut := number_of("cut", made):
        console.say(f"[dim]{several(cut, 'reply')} cut at max_tokens: {escape(CUT)}[/]")
    if made.rows and recipe:
        console.say(f"next: [bold]pitchpipe run {escape(recipe)}[/]")
    elif made.rows:
        console.say(f"next: a recipe that reads them: loaders: \\[generated: {{folder: {escape(folder)}}}]")


def cure_of(made: MadeFile, offline: bool) -> str:
    """What can be done where less is there than was wanted."""
    if offline and number_of("unsent", made):
        return OFFLINE
    known_by = {"the budget is spent": BUDGET, "got no reply": NO_REPLY}
    return next((cure for words, cure in known_by.items() if words in made.problem), IN_VAIN)


def number_of(end: str, made: MadeFile) -> int:
    """Questions with such an end."""
    return sum(getattr(counts, end) for one in made.generators for counts in one.operators.values())


def tell_unsent(console: RichConsole, made: MadeFile) -> int:
    """Says how many questions of a pilot were not sent, and why."""
    if count := number_of("unsent", made):
        console.say(f"[yellow]the pilot is smaller than it should be:[/] {escape(made.problem)}")
    return count
