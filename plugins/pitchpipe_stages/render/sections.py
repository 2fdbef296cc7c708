"""The recipe's sections that decide how a conversation becomes tokens: model, template, collator."""

from dataclasses import replace
from typing import TYPE_CHECKING

from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.recipe.section import Section
from pitchpipe_stages.learns import learns
from pitchpipe_stages.render.rules import Ruled, Rules
from pitchpipe_stages.render.suits import parts_prompts
from pitchpipe_stages.render.writer import writer_of

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker

CUTS_THE_LAST = ("cut_end", "split")  # rules for what is too long
LAST = {
    "pairs": "the replies that are compared, on both sides",
    "judged": "the reply that was judged",
    "prompts": "the question that is to be answered",
}
WHOLE = "both in one row, as padded, packed and flattened make them"


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


def _check_collator(checker: "Checker", recipe: Recipe) -> None:
    """What a trainer that learns no plain replies cannot do with a collator or a template."""
    learned, collator, template = learns(recipe), recipe[COLLATOR], recipe[TEMPLATE]
    if learned == "replies" or not collator or not template:
        return
    rule = getattr(collator.bound, "too_long", "")
    if rule in CUTS_THE_LAST:
        words = f"{rule} would cut {LAST[learned]}: write drop, stop or cut_start, which cuts the first turns"
        checker.problem(("collator", collator.name, "too_long"), words)
    if parts_prompts(collator):
        words = f"{collator.name} parts prompts and replies: a trainer that learns {learned} takes {WHOLE}"
        checker.problem(("collator",), words)
    if template.shared.get("learn") == "everything":
        words = f"everything is more than a trainer that learns {learned} counts: leave it out"
        checker.problem(("template", template.name, "learn"), words)


MODEL = Section[Use | None]("model", kind="model", needs=("template",))
TEMPLATE = Section[Use | None]("template", kind="template", options=Rules, needs=("model",), read=_template)
COLLATOR = Section[Use | None]("collator", kind="collator", default_with="model", check=_check_collator)
