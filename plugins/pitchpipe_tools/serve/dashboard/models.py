"""The table of models: what each was asked, what it wrote, and how its answers ended."""

from pitchpipe_stages.serve.service import ServingService
from pitchpipe_tools.html.markup import Markup, element, joined, table
from pitchpipe_tools.html.numbers import number, share

HEAD = ("model", "answered", "tokens read", "tokens written", "ended", "cut off", "called a tool", "withheld")
ENDS = ("stop", "length", "tool_calls", "content_filter")


def models(service: ServingService) -> Markup:
    """A row for each name that is served."""
    rows = [_row(service, name) for name in service.names]
    return joined(element("h2", "Models"), table(HEAD, rows))


def _row(service: ServingService, model: str) -> list[str]:
    total = service.metrics.total
    ends = [total("answers", model=model, end=end) for end in ENDS]
    counts = [total(name, model=model) for name in ("first_token_seconds", "tokens_read", "tokens_written")]
    return [model, *map(number, counts), *(_part(end, sum(ends)) for end in ends)]


def _part(answers: float, whole: float) -> str:
    return f"{number(answers)} ({share(answers, whole)})" if answers else "0"
