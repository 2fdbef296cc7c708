"""What the parts of a server show: drift, a test of two models, a cache, a journal, and those of others."""

import re
from collections.abc import Sequence

import pitchpipe as pp
from pitchpipe.host.serving import Shows
from pitchpipe_stages.serve.service import ServingService
from pitchpipe_tools.html.along import TIME
from pitchpipe_tools.html.curve import Curve, chart
from pitchpipe_tools.html.markup import NARROW, Markup, element, table
from pitchpipe_tools.html.numbers import number

NUMBER = re.compile(r"[+-]?\d[\d,.]*(e[+-]?\d+)?\s?%?$|nan$|inf$")


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
    kinds = ("panel", "alerting" if panel.alert else "", "broad" if len(panel.head) > NARROW else "")
    return element(
        "section",
        element("h2", panel.title),
        element("p", panel.note, class_="quiet") if panel.note else None,
        _table(panel) if panel.rows else None,
        _curve(panel) if len(panel.points) > 1 else None,
        class_=" ".join(filter(None, kinds)),
    )


def _table(panel: pp.Panel) -> Markup:
    """Columns of numbers stand at the right."""
    numbers = [at for at in range(1, len(panel.head)) if _is_of_numbers([row[at] for row in panel.rows])]
    rows = [[number(cell) if isinstance(cell, int | float) else cell for cell in row] for row in panel.rows]
    return table(panel.head, rows, labelled=True, numbers=numbers)


def _is_of_numbers(cells: Sequence[object]) -> bool:
    told = [str(cell) for cell in cells if cell not in ("", None)]
    return bool(told) and all(map(NUMBER.match, told))


def _curve(panel: pp.Panel) -> Markup:
    curve = Curve(panel.title, "now", [(int(at), value) for at, value in panel.points])
    return element("figure", chart([curve], from_zero=True, along=TIME), class_="over-time")
