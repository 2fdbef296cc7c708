"""A part of the page, and the sections that it may have."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pitchpipe_tools.html.markup import Markup, element, with_code


@dataclass(frozen=True)
class ReportSection:
    """A section of a part. `anchor` is its name in links."""

    anchor: str
    title: str
    introduction: str
    content: Markup


@dataclass(frozen=True)
class ReportPart:
    """What the links at the top of the page lead to."""

    anchor: str
    title: str
    introduction: str
    content: object = None
    sections: Sequence[ReportSection] = field(default_factory=list)

    def link(self) -> Markup:
        return _link(self.anchor, self.title)

    def markup(self) -> Markup:
        """Its content, then its sections; where these are several, with links to them."""
        links = [_link(section.anchor, section.title) for section in self.sections]
        contents = element("ul", links, class_="contents") if len(links) > 2 else None
        inside = [self.content, contents, *map(_section, self.sections)]
        return _titled("h2", self.anchor, self.title, self.introduction, inside)


def _section(section: ReportSection) -> Markup:
    return _titled("h3", section.anchor, section.title, section.introduction, section.content)


def _titled(level: str, anchor: str, title: str, introduction: str, content: object) -> Markup:
    said = element("p", with_code(introduction), class_="quiet") if introduction else None
    return element("section", element(level, title, id=anchor), said, content, aria_labelledby=anchor)


def _link(anchor: str, title: str) -> Markup:
    return element("li", element("a", title, href=f"#{anchor}"))
