"""One conversation on the page: its text first, then what decided, then its tokens."""

import json

import pytest

from pitchpipe_tools.peek.article import FOLDED, LONG, article
from pitchpipe_tools.peek.boxes import FIRST, LAST
from tests.tools.html.browser import Page as Markup
from tests.tools.peek.pages import RECIPE, ROWS, page_of

FILTERS = """\
filters:
  - pii
  - refusals: {action: tag}
  - length: {max_reply_chars: 300}
  - echo
  - exact_duplicates
"""


def drawn(folder, row, filters=FILTERS, recipe=RECIPE):
    recipe = recipe.partition("filters:")[0] + filters
    _, (seen,), columns = page_of(folder, [row], recipe=recipe)
    return Markup(article(seen.conversations[0], columns))


def test_long_conversations_are_folded(tmp_path):
    long = {"instruction": "Count.", "output": "1 " * (FOLDED // 2)}
    recipe = RECIPE.replace("180", "2000").replace("300", "5000")
    page, _, _ = page_of(tmp_path, [ROWS[0], long], recipe=recipe)
    assert page.open == [True, False]


def test_filters_that_only_keep_are_folded_and_the_text_comes_first(tmp_path):
    found = drawn(tmp_path, ROWS[0])
    assert found.errors == [] and found.tags["details"] == 2  # the filters, the tokens
    text = found.text()
    assert "4 filters keep it, 1 compares all rows, and is not asked here" in text
    places = [
        text.index(words) for words in ("やあ、元気 かい", "4 filters keep it", "filter echo", "tokens")
    ]
    assert places == sorted(places)


def test_a_filter_that_decides_or_edits_stands_alone(tmp_path):
    row = {"instruction": "Hi", "output": "As an AI language model, I cannot help. Ask +1 555 123 4567."}
    text = drawn(tmp_path, row).text()
    before, _, after = text.partition("2 filters keep it, 1 compares")
    assert "filter pii phone masked" in before and "filter refusals would go: refusals too high" in before
    assert "filter length" not in before and "filter length" in after
    assert "Ask [PHONE]." in before and "555" not in before  # the text is what the filters left


def test_a_filter_that_drops_is_seen_and_those_before_it_are_folded(tmp_path):
    text = drawn(tmp_path, {"instruction": "Hi", "output": "long " * 80}).text()
    assert "dropped filter length dropped: reply chars too high (399 against 300) 2 filters keep it" in text


@pytest.mark.parametrize("words", ["ما هي عاصمة مصر؟", "万里の長城"])
def test_text_is_written_from_the_side_of_its_language(tmp_path, words):
    found = drawn(tmp_path, {"instruction": words, "output": words})
    assert words in found.text()
    assert all(dd["dir"] == "auto" for dd in found.elements("dd")) and len(found.elements("dd")) == 2


def test_calls_and_reasoning_are_read_as_text(tmp_path):
    call = {"type": "function", "function": {"name": "look_up", "arguments": json.dumps({"town": "Oslo"})}}
    messages = [
        {"role": "user", "content": "How warm?"},
        {"role": "assistant", "content": "<think>I must ask.</think>", "tool_calls": [call]},
        {"role": "tool", "content": "3"},
        {"role": "assistant", "content": "3 degrees."},
    ]
    text = drawn(tmp_path, {"messages": messages}, "filters: []\n").text()
    assert (
        'user How warm? assistant thinks I must ask. assistant calls look_up {"town": "Oslo"} tool 3' in text
    )


def test_the_middle_of_very_long_conversations_is_left_out(tmp_path):
    row = {"instruction": "Count.", "output": "12345" * 1000}
    recipe = RECIPE.replace("180", "20000")
    found = drawn(tmp_path, row, "filters: []\n", recipe)
    boxes = [box for box in found.elements("b") if "data-id" in box]
    assert len(boxes) == FIRST + LAST and "stop" in boxes[-2]["class"]
    whole = int(found.text().partition(" tokens")[0].split()[-1].replace(",", ""))
    assert f"... {whole - FIRST - LAST:,} tokens are left out ..." in found.text()
    assert f"{5006:,} characters of text" in found.text() and LONG < 5006
