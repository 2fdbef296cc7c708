"""The report of a run, in one file: whether tuning helped, how it went, what it cost, what it was made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from pitchpipe.run.atomic import write as write_whole
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.evaluate.evaluated import Evaluated
from pitchpipe_stages.prepare.history import History
from pitchpipe_tools.generated_folder import folders_read
from pitchpipe_tools.html import frame
from pitchpipe_tools.html.markup import Markup
from pitchpipe_tools.html.numbers import number
from pitchpipe_tools.report.again.part import again_part
from pitchpipe_tools.report.answers.asked import AskedBoth, read_asked
from pitchpipe_tools.report.answers.part import answers_part
from pitchpipe_tools.report.data.gather import Gathered, gather
from pitchpipe_tools.report.data.sections import data_part
from pitchpipe_tools.report.generated.part import generated_part
from pitchpipe_tools.report.notices import notices
from pitchpipe_tools.report.part import ReportPart
from pitchpipe_tools.report.record import RecordedRun, component, model_of, read_recipe, written_at
from pitchpipe_tools.report.scores.parts import score_parts
from pitchpipe_tools.report.scores.verdict import sentence, verdict
from pitchpipe_tools.report.training.cost import cost_part
from pitchpipe_tools.report.training.lessons import Lessons
from pitchpipe_tools.report.training.part import training_part
from pitchpipe_tools.report.votes import votes_part
from pitchpipe_tools.runs.origin import origin

FILE = "report.html"
HERE = Path(__file__)
STYLES = [frame.STYLE, HERE.with_name("style.css")]
SCRIPT = HERE.with_name("page.js")
FOOTER = " Each row that was lost or changed stands in ledger.jsonl, beside this page."


@dataclass
class ReportedRun:
    """All that the page tells of a run."""

    run: Path
    record: RecordedRun
    history: History
    data: Gathered
    lessons: Lessons
    evaluated: Evaluated
    asked: list[AskedBoth]


def write(run: Path, console: RichConsole, scored: bool = True) -> Path:
    """Reads the files of a run, and writes the page into its folder. Where it is not `scored`, the scores
    there are those of an earlier model."""
    history = History(run)
    total = sum(1 for _ in history.shards())
    with console.bar("reading the rows", total) as tick:
        data = gather(history, tick)
    record = RecordedRun.of(run)
    scored = scored and record.is_scored and "evaluators" in read_recipe(run)
    found = Evaluated.read(run) if scored else None
    asked = read_asked(run) if found else []
    told = ReportedRun(run, record, history, data, Lessons.of(run), found or Evaluated(), asked)
    file = run / FILE
    write_whole(file, render(told).encode("utf-8", "replace"))
    return file


def render(told: ReportedRun) -> str:
    """The page as HTML."""
    parts = list(_parts(told))
    found = told.evaluated
    return frame.page(
        name=told.run.resolve().name,
        title="report",
        subtitle=_subtitle(told),
        links=[part.link() for part in parts],
        links_label="on this page",
        content=[
            verdict(found) if found.models else _unscored(told),
            notices(told.history.result, found, told.asked, told.lessons),
            *(part.markup() for part in parts),
        ],
        styles=STYLES,
        scripts=[SCRIPT],
        footer=FOOTER,
    )


def _parts(told: ReportedRun) -> Iterator[ReportPart]:
    yield from score_parts(told.evaluated)
    scores = told.evaluated.tuned or told.evaluated.base
    others = (
        answers_part(told.asked, scores),
        votes_part(told.run) if told.asked else None,
        training_part(told.lessons),
        cost_part(told.record, told.lessons),
        data_part(told.history, told.data) if told.history.result.rows else None,
        generated_part(folders_read(told.history)),
        again_part(told.run, told.record),
    )
    yield from (part for part in others if part)


def _unscored(told: ReportedRun) -> Markup | None:
    """Of a training that nothing has evaluated."""
    if not told.lessons or not told.lessons.is_done:
        return None
    held_out = [value for _, value in told.lessons.points("eval_loss") if isfinite(value)]
    loss = f"; the loss on what was held out is {number(held_out[-1])}" if held_out else ""
    return sentence(f"Trained for {told.lessons.step:,} steps{loss}. No evaluator has scored the model.")


def _subtitle(told: ReportedRun) -> str:
    recipe = read_recipe(told.run)
    model, adapter, trainer = model_of(recipe), component(recipe, "adapter"), component(recipe, "trainer")
    tuned = f", tuned by {trainer}{f' with {adapter}' if adapter else ''}" if trainer else ""
    what = f"{model}{tuned}" if model else "Data"
    began = f"; it began with {earlier}" if (earlier := origin(told.run)) else ""
    return f"{what} · {written_at(told.run):%d %B %Y, %H:%M}{began}"
