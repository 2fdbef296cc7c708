"""A page as a browser reads it."""

from collections import Counter
from html.parser import HTMLParser


class Page(HTMLParser):
    """What a browser makes of it: elements, their nesting, their attributes, the text."""

    VOID = ("meta", "br", "input")

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words, self.open, self.errors = Counter(), [], [], [], []
        self.all = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        self.all.append((tag, attributes))
        self.attributes += attributes
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags[tag] += 1
        self.all.append((tag, attributes))
        self.attributes += attributes

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.errors.append(tag)

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "script"):
            self.words.append(data)

    def elements(self, tag):
        return [dict(attributes) for name, attributes in self.all if name == tag]

    def text(self):
        return " ".join(" ".join(self.words).split())

    def text_as_it_is(self):
        return "".join(self.words)
