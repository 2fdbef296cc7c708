"""The page of a server: numbers of the last hour, and what its parts have to show."""

from collections.abc import Callable, Mapping

from pitchpipe_stages.serve.service import ServingService
from pitchpipe_tools.html import frame
from pitchpipe_tools.html.markup import Markup, element, joined
from pitchpipe_tools.html.numbers import number


def dashboard_pages(service: ServingService) -> Mapping[str, Callable[[], str]]:
    """The page, and the part of it that a browser asks for anew, by their paths."""
    return {"/dashboard": lambda: dashboard(service), "/dashboard/body": lambda: body(service)}


def dashboard(service: ServingService) -> str:
    """The whole page."""
    return frame.page(
        name="Serving", title="dashboard", subtitle=", ".join(service.names), links=[],
        links_label="on this page", content=[body(service)], styles=[frame.STYLE],
    )  # fmt: skip


def body(service: ServingService) -> Markup:
    """What changes from one moment to the next."""
    requests = sum(moment.requests for moment in service.history.moments())
    return joined(element("p", number(requests), " requests in the last hour"))
