"""What a recipe's generators have spent of its budget, which judges in its runs share."""

from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.generate.making.place import folder_of
from pitchpipe_stages.generate.making.sections import GENERATE, GENERATORS
from pitchpipe_stages.generate.requests.budget import Charge
from pitchpipe_stages.generate.requests.reading import reading
from pitchpipe_stages.generate.requests.record import FILE


def spent_on_rows(recipe: Recipe) -> Charge:
    record = folder_of(recipe, recipe[GENERATE].folder) / FILE
    if GENERATORS not in recipe or not record.exists():
        return Charge()
    with reading(record) as questions:
        return questions.spent()
