"""peek shows what a trainer learns from: both sides of a pair, a reply that is bad, a prompt alone."""

import pytest

from tests.preferences import files, pair

SIDE = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n>{}<><|im_end|><\n"


@pytest.mark.parametrize(
    ("trainer", "row", "shown"),
    [
        ("both", pair("2+2?", "4", "5"), [SIDE.format("4") + SIDE.format("5"), "rejected: 5", "the chosen side and then"]),
        ("judges", {"prompt": "2+2?", "completion": "5", "label": False}, [SIDE.format("5"), "rejected: 5", "learned as bad"]),
        ("prompted", pair("2+2?", "4", "5"), [SIDE.partition(">{")[0], "tokens  23, of which 0 are learned", "nothing of it is learned"]),
    ],
)  # fmt: skip
def test_what_is_learned_is_shown(project, trainer, row, shown):
    here = project(files([row, row], **{"trainer: both": f"trainer: {trainer}"}))
    outcome = here.run("peek", "recipe.yaml")
    outcome.assert_success()
    for words in shown:
        assert words in outcome.out, outcome.out
