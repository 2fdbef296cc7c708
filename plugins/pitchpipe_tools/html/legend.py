"""The legend of a chart."""

from pitchpipe_tools.html.markup import Markup, element


def legend(*entries: tuple[str, str]) -> Markup:
    """Each entry (class, text)."""
    items = [element("li", element("i", class_=kind), text) for kind, text in entries]
    return element("ul", items, class_="legend")
