"""One conversation on the page."""

from pitchpipe_tools.peek.article import FOLDED
from tests.tools.peek.pages import RECIPE, ROWS, page_of


def test_long_conversations_are_folded(tmp_path):
    long = {"instruction": "Count.", "output": "1 " * (FOLDED // 2)}
    recipe = RECIPE.replace("180", "2000").replace("300", "5000")
    page, _, _ = page_of(tmp_path, [ROWS[0], long], recipe=recipe)
    assert page.open == [True, False]
