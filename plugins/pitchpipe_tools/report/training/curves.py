"""The section about training: its numbers as curves, the loss of each source, what the model said."""

from collections.abc import Iterator

from pitchpipe_stages.console import shortened
from pitchpipe_stages.train.samples import Sample
from pitchpipe_tools.html.curve import Curve, Point, chart
from pitchpipe_tools.html.legend import legend
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.html.numbers import number
from pitchpipe_tools.report.training.lessons import BY_SOURCE, Lessons

SOURCES = 24  # that have a chart
PROMPTS, TIMES = 8, 3  # prompts that are shown; their last replies, after the first
WORDS = 400  # characters of a prompt or a reply
GIB = 1 << 30


def curves(lessons: Lessons) -> Markup:
    """A chart for each number that training has reported."""
    train, held_out = lessons.points("loss"), lessons.points("eval_loss")
    memory = [(step, size / GIB) for step, size in lessons.points("memory")]
    figures = [
        _figure("loss", [Curve("train", "train", train), Curve("validation", "validation", held_out)], True),
        *(_beside(lessons, name) for name in lessons.of_objective()),
        _figure("learning rate", [_one("rate", lessons.points("learning_rate"))], zero=True),
        _figure("gradient norm", [_one("norm", lessons.points("grad_norm"))], True),
        _figure("tokens per second", [_one("tokens/s", lessons.points("tokens_per_second"))], zero=True),
        _figure("memory at most, GiB", [_one("GiB", memory)], zero=True),
        _figure("share of sample replies that stop", [_one("share", lessons.points("stops"))], zero=True),
    ]
    key = legend(("train", "train"), ("validation", "validation")) if held_out else None
    return joined(key, element("div", [f for f in figures if f], class_="charts large"))


def by_source(lessons: Lessons) -> Markup:
    """The loss of each source, in a chart of its own."""
    names = lessons.sources()
    figures = [
        _figure(name[:120], [_one(name[:120], lessons.points(BY_SOURCE + name))], True) for name in names
    ]
    more = len(names) - SOURCES
    return joined(
        element("div", [figure for figure in figures[:SOURCES] if figure], class_="charts"),
        element("p", f"{number(more)} more sources are not drawn.", class_="quiet") if more > 0 else None,
    )


def said(samples: list[Sample]) -> Markup:
    """Each prompt with what was expected, and what the model said at first and lately."""
    by_prompt: dict[str, list[Sample]] = {}
    for sample in samples:
        by_prompt.setdefault(sample.id, []).append(sample)
    return joined([_prompt(replies) for replies in list(by_prompt.values())[:PROMPTS]])


def _beside(lessons: Lessons, name: str) -> Markup | None:
    """A number of training and of validation. Both may lie below 0, and high may be good."""
    train, held_out = lessons.points(name), lessons.points(f"eval_{name}")
    curves = [Curve("train", "train", train), Curve("validation", "validation", held_out)]
    return _figure(name.replace("_", " "), curves, falls=False)


def _one(name: str, points: list[Point]) -> Curve:
    return Curve(name, "train", points)


def _figure(
    title: str, drawn: list[Curve], by_powers: bool = False, zero: bool = False, falls: bool = True
) -> Markup | None:
    """A chart with its title and its last numbers, or nothing. What `falls` is good where it is low."""
    drawn = [curve for curve in drawn if curve.points]
    if not drawn:
        return None
    caption = element("p", "; ".join(_facts(drawn, falls)), class_="facts")
    return element(
        "figure", element("figcaption", element("h4", title), caption), chart(drawn, by_powers, zero)
    )


def _facts(drawn: list[Curve], falls: bool) -> Iterator[str]:
    for curve in drawn:
        step, value = curve.points[-1]
        name = f"{curve.name} " if len(drawn) > 1 else ""
        finite = curve.finite()
        yield (
            f"{name}{number(value)} at step {step:,}"
            if finite and finite[-1][0] == step
            else (f"{name}not a number at step {step:,}")
        )
        if finite and len(curve.points) > len(finite):
            yield f"{number(len(curve.points) - len(finite))} times not a number"
        if falls and len(finite) > 1 and curve.kind == "validation":
            lowest = min(finite, key=lambda point: point[1])
            yield f"lowest {number(lowest[1])} at step {lowest[0]:,}"


def _prompt(replies: list[Sample]) -> Markup:
    shown = replies if len(replies) <= TIMES + 1 else [replies[0], *replies[-TIMES:]]
    texts = [("prompt", replies[0].prompt), ("expected", replies[0].expected)]
    texts += [(f"step {r.step:,}", r.said + ("" if r.ended else " … does not stop")) for r in shown]
    lines = [
        (element("dt", name), element("dd", shortened(text, WORDS) or "(nothing)", dir="auto"))
        for name, text in texts
    ]
    return element("div", element("dl", joined(*lines)), class_="example")
