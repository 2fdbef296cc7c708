"""What the parts of a server show: drift, a test of two models, a cache, a journal, and those of others."""

from collections.abc import Sequence

import pitchpipe as pp
from pitchpipe.host.serving import Shows
from pitchpipe_stages.serve.service import ServingService
from pitchpipe_tools.html.along import TIME
from pitchpipe_tools.html.curve import Curve, chart
from pitchpipe_tools.html.markup import Markup, element, table
from pitchpipe_tools.html.numbers import number


def shown_by(service: ServingService) -> list[pp.Panel]:
    """The panels of all parts. One that cannot show anything says so, and hides no other."""
    return [panel for part in service.showing() for panel in _panels(part)]


def _panels(part: Shows) -> Sequence[pp.Panel]:
    try:
        return list(part.panels())
    except Exception as error:
        return [pp.Panel(type(part).__name__, alert=f"{type(part).__name__} cannot be shown: {error}")]


def panels(shown: Sequence[pp.Panel]) -> Markup:
    return element("div", [_section(panel) for panel in shown], class_="panels")


def _section(panel: pp.Panel) -> Markup:
    return element(
        "section",
        element("h2", panel.title),
        element("p", panel.note, class_="quiet") if panel.note else None,
        _table(panel) if panel.rows else None,
        _curve(panel) if len(panel.points) > 1 else None,
        class_="panel alerting" if panel.alert else "panel",
    )


def _table(panel: pp.Panel) -> Markup:
    """Columns that hold nothing but numbers stand at the right."""
    words = next((at for at in range(len(panel.head)) if _is_of_numbers(panel, at)), len(panel.head))
    rows = [[cell if isinstance(cell, str) else number(cell) for cell in row] for row in panel.rows]  # type: ignore[arg-type]
    return table(panel.head, rows, words=max(words, 1), labelled=True)


def _is_of_numbers(panel: pp.Panel, column: int) -> bool:
    cells = [cell for row in panel.rows for cell in row[column:] if cell != ""]
    return bool(cells) and all(isinstance(cell, int | float) for cell in cells)


def _curve(panel: pp.Panel) -> Markup:
    curve = Curve(panel.title, "now", [(int(at), value) for at, value in panel.points])
    return element("figure", chart([curve], from_zero=True, along=TIME), class_="over-time")
