"""The page of a server: numbers of the last hour, and what its parts have to show."""

from collections.abc import Callable, Mapping
from pathlib import Path
from time import localtime, strftime, time

from pitchpipe_stages.serve.service import ServingService
from pitchpipe_tools.html import frame
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.serve.dashboard.alerts import alerts
from pitchpipe_tools.serve.dashboard.charts import charts
from pitchpipe_tools.serve.dashboard.models import models
from pitchpipe_tools.serve.dashboard.panels import panels, shown_by
from pitchpipe_tools.serve.dashboard.tiles import tiles
from pitchpipe_tools.serve.dashboard.words import lasting

HERE = Path(__file__)
STYLES = [frame.STYLE, HERE.with_name("style.css")]
SCRIPTS = [HERE.with_name("again.js")]
LINKS = {"/docs": "the API", "/metrics": "all numbers"}


def dashboard_pages(service: ServingService) -> Mapping[str, Callable[[], str]]:
    """The page, and the part of it that a browser asks for anew, by their paths."""
    return {"/dashboard": lambda: dashboard(service), "/dashboard/body": lambda: body(service)}


def dashboard(service: ServingService) -> str:
    """The whole page."""
    return frame.page(
        name="Serving",
        title="dashboard",
        subtitle=", ".join(service.names),
        links=[element("li", element("a", words, href=path)) for path, words in LINKS.items()],
        links_label="more of this server",
        content=[element("div", body(service), id="body"), _without_script()],
        styles=STYLES,
        scripts=SCRIPTS,
        asks_again=True,
    )


def body(service: ServingService) -> Markup:
    """What changes from one moment to the next."""
    shown, now = shown_by(service), time()
    up = f"up for {lasting(now - service.history.began)}; {strftime('%d %B, %H:%M:%S', localtime(now))}"
    return joined(
        element("p", up, class_="quiet clock"),
        alerts(shown),
        tiles(service),
        charts(service.history),
        models(service),
        panels(shown),
    )


def _without_script() -> Markup:
    return element("noscript", element("meta", http_equiv="refresh", content="15"))
