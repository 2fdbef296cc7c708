"""Registers the filters for rows that repeat or contradict each other, or that repeat an evaluation set."""

import pitchpipe as pp
from pitchpipe_components.duplicates.conflicts import ConflictingAnswers
from pitchpipe_components.duplicates.contamination import Decontaminate
from pitchpipe_components.duplicates.exact import ExactDuplicates
from pitchpipe_components.duplicates.near import NearDuplicates
from pitchpipe_components.duplicates.novelty import Novelty
from pitchpipe_components.duplicates.semantic import SemanticDuplicates

ROOMS = (
    "pitchpipe_components.duplicates", "pitchpipe_components.files", "pitchpipe_components.novelty",
    "pitchpipe_components.text",
)  # fmt: skip


@pp.hookimpl
def register_filters(register: pp.Register) -> None:
    register("exact_duplicates", ExactDuplicates)
    register("near_duplicates", NearDuplicates)
    register("conflicting_answers", ConflictingAnswers)
    register("semantic_duplicates", SemanticDuplicates)
    register("novelty", Novelty)
    register("decontaminate", Decontaminate, default_for="items in training data")
