"""Whether a recipe needs rows: its trainer learns from them, and evaluators ask those that are held out,
unless they bring questions of their own."""

from pitchpipe.recipe.recipe import Recipe, Use


def brings_questions(evaluator: Use) -> bool:
    """Whether an evaluator says `own_items = True`: the function, the class, or the object that was made."""
    of = (evaluator.bound, getattr(evaluator.bound, "func", None))  # options bind a function as a partial
    return any(getattr(one, "own_items", False) for one in of)


def ask_held_out(recipe: Recipe) -> list[Use]:
    """The evaluators of a recipe that ask held-out conversations."""
    every = [use for use in recipe.uses() if use.component.kind == "evaluator"]
    return [use for use in every if not brings_questions(use)]


def only_asks(recipe: Recipe) -> bool:
    """Whether a recipe does nothing but put evaluators' own questions to a model."""
    kinds = {use.component.kind for use in recipe.uses()}
    return "evaluator" in kinds and "trainer" not in kinds and not ask_held_out(recipe)


def only_makes(recipe: Recipe) -> bool:
    """Whether a recipe only makes rows, which others read."""
    kinds = {use.component.kind for use in recipe.uses()}
    return "generator" in kinds and not kinds & {"trainer", "evaluator"}


def only_serves(recipe: Recipe) -> bool:
    """Whether a recipe says how models are served, and makes none."""
    kinds = {use.component.kind for use in recipe.uses()}
    serves = bool(recipe.data.get("serve")) or "upstream" in kinds
    return serves and not kinds & {"trainer", "evaluator", "generator"}
