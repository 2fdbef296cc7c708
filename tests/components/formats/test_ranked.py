"""Of several rated replies the best is learned and the worst rejected."""

import pytest

from pitchpipe_components.formats import FORMATS
from tests.components.formats.published import reply, user


@pytest.mark.parametrize(
    ("ratings", "best", "worst"),
    [
        (["3", "5", "4"], "1", "0"),
        (["3", "3", "3"], "0", None),
        (["N/A", "nan", None], "0", None),
        (["N/A", "2", "inf"], "1", None),
        (["1", "5", "1"], "1", "2"),
    ],
)
def test_the_best_is_the_reply_and_the_worst_is_rejected(ratings, best, worst):
    answers = [{"response": str(i), "annotations": {"honesty": {"Rating": r}}} for i, r in enumerate(ratings)]
    made = FORMATS["ultrafeedback"]()({"instruction": "2+2?", "completions": answers})
    assert made.messages == (user("2+2?"), reply(best))
    assert made.rejected == (None if worst is None else reply(worst))
