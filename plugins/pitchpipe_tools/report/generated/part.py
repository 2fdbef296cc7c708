"""The part about generated rows."""

import os
from collections.abc import Iterator
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.generate.making.made import MadeFile, known
from pitchpipe_stages.generate.making.place import LEDGER
from pitchpipe_stages.generate.making.provenance import Provenance
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.html.numbers import number
from pitchpipe_tools.html.paste import command
from pitchpipe_tools.report.generated.examples import examples
from pitchpipe_tools.report.generated.growth import growth
from pitchpipe_tools.report.generated.tables import all_counts, reasons, teachers, yields
from pitchpipe_tools.report.part import ReportPart, ReportSection


def generated_part(folders: list[Path]) -> ReportPart | None:
    """What was made before the run: nothing where it has read no generated row."""
    if not folders:
        return None
    told, sections, problems = list[MadeFile](), list[ReportSection](), list[str]()
    for folder in folders:
        try:
            if made := known(folder):
                sections += _sections(folder, made)
                told.append(made)
        except PitchpipeError as error:  # of a folder: the rest of the page is of use
            problems.append(f" {error}.")
    introduction = "What `pitchpipe generate` made before this run, and what became of all that it asked for."
    tiles = _tiles(told) if told else None
    return ReportPart("generated", "Generated rows", introduction + "".join(problems), tiles, sections)


def _tiles(told: list[MadeFile]) -> Markup:
    counts = [counts for made in told for _, counts in all_counts(made)]
    spent = [spending for made in told for spending in made.teachers.values()]
    shown = [
        (number(sum(made.rows for made in told)), "rows made"),
        (number(sum(one.asked for one in counts)), "questions asked"),
        (number(sum(one.parsed for one in counts)), "candidates in the replies"),
        (number(sum(one.dropped + one.quarantined for one in counts)), "of them dropped, each with a reason"),
        (number(sum(one.tokens for one in spent)), "tokens read and written"),
    ]
    if dollars := sum(one.dollars or 0 for one in spent):
        shown.append((f"${dollars:,.4g}", "spent"))
    tiles = [
        element("div", element("b", value), element("span", words), class_="tile") for value, words in shown
    ]
    return element("div", tiles, class_="tiles")


def _sections(folder: Path, made: MadeFile) -> Iterator[ReportSection]:
    name, at = folder.name, os.path.relpath(folder)
    stopped = "" if made.finished else f" It is not all that was wanted: {made.problem}."
    told = f"By generator and operator, of `{at}`.{stopped}"
    yield ReportSection(f"yield-{name}", "What came of it", told, yields(made))
    if found := reasons(made):
        told = f"Why candidates are no rows and questions have no reply. Each stands in `{at}/{LEDGER}`."
        yield ReportSection(f"refused-{name}", "Why some are no rows", told, found)
    told = "Who was asked. Lost are requests that never got an answer: they are charged at their worst."
    yield ReportSection(f"teachers-{name}", "Who was asked", told, teachers(made))
    with Provenance(folder) as provenance:
        if grown := growth(provenance):
            told = "Words of instructions, by round. Evolved ones drift longer."
            yield ReportSection(f"growth-{name}", "Growth", told, grown)
        told = "How some rows were made: the way of each from its seed."
        more = element("p", "With each question and reply: ", command("why", at, "1"), class_="facts")
        yield ReportSection(f"ways-{name}", "How rows were made", told, joined(examples(provenance), more))
