"""The part about training: what it reported, the loss of each source, what the model said meanwhile."""

from collections.abc import Iterator

from pitchpipe_tools.report.part import ReportPart, ReportSection
from pitchpipe_tools.report.training import curves
from pitchpipe_tools.report.training.lessons import Lessons


def training_part(lessons: Lessons) -> ReportPart | None:
    if not lessons:
        return None
    introduction = (
        "What training has reported, over its steps; the loss is the mean since the report before. Of a long"
        " training each stretch is drawn from its least to its most."
    )
    return ReportPart("training", "Training", introduction, curves.curves(lessons), list(_sections(lessons)))


def _sections(lessons: Lessons) -> Iterator[ReportSection]:
    if lessons.sources():
        introduction = "The loss of training on the rows of each source."
        yield ReportSection("by-source", "Loss by source", introduction, curves.by_source(lessons))
    if lessons.samples:
        introduction = "What the model said to a few prompts in training: the first time, and lately."
        yield ReportSection("samples", "Samples", introduction, curves.said(lessons.samples))
