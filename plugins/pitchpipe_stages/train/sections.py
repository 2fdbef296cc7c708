"""The recipe's sections about how the model is trained, and about who records it."""

from pitchpipe.recipe.recipe import Use
from pitchpipe.recipe.section import Section

TRAINER = Section[Use | None]("trainer", kind="trainer", needs=("model",))
TRACKERS = Section[list[Use]]("trackers", kind="tracker", many=True, needs=("trainer",))
