"""What a generator says that it takes, before anything is measured: `pitchpipe generate --plan` reads it.

The attribute `expects` of a generator, a mapping or a method that gives one, says for one `source`, and for
one `draft` of a generator that drafts: how many `questions`, how many tokens are `written` in all replies
together, how many conversations are `made` of it, and how many of these are `rows`, with a reply. A whole
number of questions of a source holds exactly; all else is a guess.
"""

from collections.abc import Mapping

from pitchpipe.recipe.recipe import Use

Statement = Mapping[str, float]


def expected_of(use: Use) -> Mapping[str, Statement]:
    """What a generator says; nothing, where it says nothing."""
    said = getattr(use.bound, "expects", None) or getattr(use.component.call, "expects", None)
    return said() if callable(said) else said or {}
