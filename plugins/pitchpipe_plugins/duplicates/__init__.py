"""Registers the filters for rows that repeat or contradict each other, or that repeat an evaluation set."""

import pitchpipe as pp
from pitchpipe_plugins.duplicates.conflicts import ConflictingAnswers
from pitchpipe_plugins.duplicates.contamination import Decontaminate
from pitchpipe_plugins.duplicates.exact import ExactDuplicates
from pitchpipe_plugins.duplicates.near import NearDuplicates
from pitchpipe_plugins.duplicates.semantic import SemanticDuplicates


@pp.hookimpl
def register_filters(register: pp.Register) -> None:
    register("exact_duplicates", ExactDuplicates)
    register("near_duplicates", NearDuplicates)
    register("conflicting_answers", ConflictingAnswers)
    register("semantic_duplicates", SemanticDuplicates)
    register("decontaminate", Decontaminate)
