"""The recipe's sections that decide how a conversation becomes tokens: model, template, collator."""

from dataclasses import replace
from typing import TYPE_CHECKING

from pitchpipe.recipe.recipe import Use
from pitchpipe.recipe.section import Section
from pitchpipe_stages.render.rules import Ruled, Rules
from pitchpipe_stages.render.writer import writer_of

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker


def _template(checker: "Checker", section: Section[Use | None]) -> Use | None:
    """A template with the rules that every template has."""
    use = checker.one(section)
    if use is None:
        return None
    entry = checker.data[section.name]
    key = (section.name, *(entry if isinstance(entry, dict) and isinstance(entry[use.label], dict) else ()))
    rules = {name: value for name, value in use.shared.items() if value is not None}
    ruled = checker.made(key, lambda: Ruled(writer_of(use.bound), Rules(**rules)))
    return replace(use, bound=ruled, shared=rules) if ruled else None


MODEL = Section[Use | None]("model", kind="model", needs=("template",))
TEMPLATE = Section[Use | None]("template", kind="template", options=Rules, needs=("model",), read=_template)
COLLATOR = Section[Use | None]("collator", kind="collator", default_with="model")
