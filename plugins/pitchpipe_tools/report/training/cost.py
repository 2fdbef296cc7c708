"""The part about cost: time by stage, tokens, memory, and what was spent on teachers."""

from collections.abc import Iterator, Mapping
from math import isfinite
from statistics import median

from pitchpipe_stages.console import bytes_in_words
from pitchpipe_tools.html.charts import bar
from pitchpipe_tools.html.markup import Markup, element, joined, table
from pitchpipe_tools.html.numbers import number, share
from pitchpipe_tools.report.part import ReportPart
from pitchpipe_tools.report.record import RecordedRun, SpentOn
from pitchpipe_tools.report.training.lessons import Lessons


def cost_part(record: RecordedRun, lessons: Lessons) -> ReportPart | None:
    """The part, or nothing where no more than the data was prepared."""
    times = {name: stage.seconds for name, stage in record.stages.items() if stage.done and stage.seconds}
    facts = list(_facts(record, lessons, sum(times.values())))
    if len(times) < 2 and not lessons:
        return None
    tiles = [
        element("div", element("b", value), element("span", words), class_="tile") for value, words in facts
    ]
    introduction = "What the run took. A stage that was done before is counted as it was then."
    return ReportPart(
        "cost",
        "Cost",
        introduction,
        joined(element("div", tiles, class_="tiles"), _times(times), _teachers(record.asked)),
    )


def _times(times: dict[str, float]) -> Markup | None:
    if len(times) < 2:
        return None
    most, whole = max(times.values()), sum(times.values())
    lines = [
        [
            element("span", name, class_="name"),
            element("div", bar([("kept", seconds, name)], most), class_="pair"),
            element("span", f"{duration(seconds)} ({share(seconds, whole)})", class_="number"),
        ]
        for name, seconds in times.items()
    ]
    return element("div", lines, class_="values times")


def _teachers(asked: Mapping[str, SpentOn]) -> Markup | None:
    """What was spent on teachers."""
    if not asked:
        return None
    rows = [
        [name[:80], one.model[:80], number(one.requests), number(one.tokens), _dollars(one.dollars)]
        for name, one in asked.items()
    ]
    table_of = table(["teacher", "model", "requests", "tokens", "cost"], rows, words=2)
    return joined(element("h3", "Teachers"), table_of)


def _dollars(dollars: float | None) -> str:
    return "no price known" if dollars is None else f"${dollars:,.4g}"


def _facts(record: RecordedRun, lessons: Lessons, seconds: float) -> Iterator[tuple[str, str]]:
    if seconds:
        yield duration(seconds), "in all its stages"
    train = record.stages.get("train")
    trained = train.result if train and isinstance(train.result, dict) else {}
    if lessons:
        yield number(lessons.step), "steps of training"
    if rates := _finite(lessons, "tokens_per_second"):
        yield number(round(median(rates))), "tokens per second in training, the median"
    if tokens := _finite(lessons, "tokens"):
        yield number(sum(tokens)), "tokens trained on"
    if memory := _finite(lessons, "memory"):
        yield bytes_in_words(int(max(memory))), f"of memory at most{_device(trained)}"
    if weights := trained.get("trainable parameters"):
        yield number(weights), "weights trained"


def _device(trained: dict[str, object]) -> str:
    device, processes = trained.get("device"), trained.get("processes", 1)
    words = f", on {device}" if device else ""
    return words + (f" of {processes} processes" if processes != 1 else "")


def _finite(lessons: Lessons, name: str) -> list[float]:
    return [value for _, value in lessons.points(name) if isfinite(value)]


def duration(seconds: float) -> str:
    """A time as people say it."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
