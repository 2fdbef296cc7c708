"""Examples for the question whether a task is classification: of the seeds that say so, or our own."""

from collections.abc import Sequence

import pitchpipe as pp
from pitchpipe_components.generators.self_instruct.rules import length_in_words
from pitchpipe_components.generators.self_instruct.shown import task_of

Example = tuple[str, bool]
OURS: tuple[Example, ...] = (
    ("Decide whether the comment below a news story is on the subject or off it.", True),
    ("Summarise the meeting in three sentences.", False),
    ("Which of these four continents does the country belong to: Africa, Asia, Europe, America?", True),
    ("Suggest names for a bakery that sells nothing sweet.", False),
    ("Is the number prime? Answer yes or no.", True),
    ("Rewrite the sentence in the past tense.", False),
    ("Rate how polite the request is, from 1 to 5.", True),
    ("Explain to a child why the moon changes its shape.", False),
    ("How many minutes are in a week?", False),
    ("Tell the language of the text: Spanish, Portuguese or Italian.", True),
)
EACH = 5  # of either kind
LONGEST = 40  # words of an example


def examples_of(seeds: Sequence[pp.Conversation]) -> str:
    """Examples as a question shows them: the seeds' own where they have three of either kind."""
    known = {task_of(seed): said for seed in seeds if (said := is_classification(seed)) is not None}
    short = [one for one in known.items() if one[0] and length_in_words(one[0]) <= LONGEST]
    of_either = [[one for one in short if one[1] is kind][:EACH] for kind in (True, False)]
    if min(map(len, of_either)) < 3:
        return shown(OURS)
    # One of a kind after the other tells a model nothing by their order alone.
    return shown([one for pair in zip(*of_either, strict=False) for one in pair])


def is_classification(seed: pp.Conversation) -> bool | None:
    """What a seed says of itself, by its field `is_classification` or its category."""
    said = seed.meta.get("is_classification")
    if isinstance(said, bool):
        return said
    return "classif" in seed.category.lower() if seed.category else None


def shown(examples: Sequence[Example]) -> str:
    return "\n\n".join(f"Task: {task}\nClassification: {'Yes' if yes else 'No'}" for task, yes in examples)
