"""The recipe's section about how the model is trained."""

from pitchpipe.recipe.recipe import Use
from pitchpipe.recipe.section import Section

TRAINER = Section[Use | None]("trainer", kind="trainer", needs=("model",))
