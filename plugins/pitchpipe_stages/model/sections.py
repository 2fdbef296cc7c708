"""The recipe's section about which weights of the model are trained."""

from pitchpipe.recipe.recipe import Use
from pitchpipe.recipe.section import Section

ADAPTER = Section[Use | None]("adapter", kind="adapter", needs=("trainer",))
