"""The recipe's sections that decide how a conversation becomes tokens: model, template, collator."""

from dataclasses import replace
from typing import TYPE_CHECKING

from pitchpipe.host.options import options_of
from pitchpipe.recipe.recipe import Use
from pitchpipe.recipe.section import Section
from pitchpipe_stages.render.rules import Ruled, Rules
from pitchpipe_stages.render.writer import writer_of

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker

SHARED_BY_TEMPLATES = options_of(Rules)


def _template(checker: "Checker", section: Section[Use | None]) -> Use | None:
    """A template with the rules that every template has."""
    entry = checker.data.get(section.name)
    use = checker.use("template", (section.name,), entry, SHARED_BY_TEMPLATES) if entry is not None else None
    if use is None:
        return None
    key = (section.name, *(entry if isinstance(entry, dict) and isinstance(entry[use.label], dict) else ()))
    rules = {name: value for name, value in use.shared.items() if value is not None}
    ruled = checker.made(key, lambda: Ruled(writer_of(use.bound), Rules(**rules)))
    return replace(use, bound=ruled, shared=rules) if ruled else None


MODEL = Section[Use | None]("model", kind="model", needs=("template",))
TEMPLATE = Section[Use | None]("template", kind="template", options=Rules, needs=("model",), read=_template)
COLLATOR = Section[Use | None]("collator", kind="collator", default_with="model")
