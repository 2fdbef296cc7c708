"""Commands that a reader of a page can paste into a shell."""

from shlex import join

from pitchpipe_tools.html.markup import Markup, element


def command(*words: object) -> Markup:
    """A command of pitchpipe. One click selects the whole of it."""
    return element("code", join(["pitchpipe", *map(str, words)]), class_="command")
