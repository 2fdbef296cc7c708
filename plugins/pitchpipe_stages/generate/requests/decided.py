"""What of the teachers decides the result of a stage that asks them."""

from collections.abc import Sequence

from pitchpipe.host.contracts import Ask
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.run.keys import KeyParts, digest, parts_of, plugin_parts
from pitchpipe_stages.generate.requests.abilities import NamesRequest, TakesModels
from pitchpipe_stages.generate.requests.sections import BUDGET, TEACHER, TEACHERS


def asked_parts(recipe: Recipe, uses: Sequence[Use]) -> KeyParts:
    """Parts of a key: the teachers that components ask, and how far the budget goes."""
    asked = {use.options.get(TEACHER) for use in uses}
    parts: KeyParts = {}
    for teacher in (one for one in recipe[TEACHERS] if one.label in asked):
        parts |= _parts(teacher, recipe) | {"budget": str(recipe[BUDGET])}
    return parts


def _parts(teacher: Use, recipe: Recipe) -> KeyParts:
    if not isinstance(teacher.bound, NamesRequest):
        return parts_of(teacher, recipe)
    if isinstance(teacher.bound, TakesModels):
        from pitchpipe_stages.generate.requests.in_process import ModelsInProcess

        teacher.bound.take(ModelsInProcess(recipe, None, None))
    named = f"teacher {teacher.label}'s model and parameters"
    return {named: digest(teacher.bound.request(Ask(())))} | plugin_parts(teacher.component.plugin)
