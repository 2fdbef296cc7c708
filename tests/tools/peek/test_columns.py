"""Columns of the page: what is cut, what shares a row, where two columns part."""

import pitchpipe as pp
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.sections import MODEL, TEMPLATE
from pitchpipe_stages.render.writer import writer_of
from pitchpipe_tools.peek.tokens import first_difference
from tests.tools.peek.pages import RECIPE, ROWS, page_of

CHAT = {
    "messages": [
        {"role": "user", "content": "First?"},
        {"role": "assistant", "content": "One."},
        {"role": "user", "content": "Second?"},
        {"role": "assistant", "content": "two " * 40},
    ]
}


def test_what_is_cut_stands_there_as_cut(tmp_path):
    page, rows, (column,) = page_of(tmp_path, [CHAT])
    renderer = Renderer(writer_of(column.recipe[TEMPLATE].bound), column.recipe[MODEL].bound.tokenizer())
    whole = rows[0].conversations[0].conversation
    kept = renderer.example(pp.replace(whole, messages=whole.messages[:2]))
    (boxes,) = page.columns
    assert [index for index, _, _ in boxes] == renderer.example(whole).ids
    assert [index for index, kinds, _ in boxes if "cut" not in kinds] == kept.ids
    assert all("cut" in kinds for _, kinds, _ in boxes[len(kept.ids) :])
    assert f"turns cut from its end: {len(boxes) - len(kept.ids)} of {len(boxes)} tokens" in page.words


LONG = {
    "messages": [
        {"role": role, "content": f"{role} {number} says this."}
        for number in range(4)
        for role in ("user", "assistant")
    ]
}


def test_what_is_cut_from_the_start_stands_in_its_place(tmp_path):
    recipe = RECIPE.replace("cut_end", "cut_start")
    page, rows, _ = page_of(tmp_path, [LONG], recipe=recipe)
    (boxes,) = page.columns
    (written,) = rows[0].conversations[0].written
    gone = ["cut" in kinds for _, kinds, _ in boxes]
    assert written.cut_at == 0 < len(written.cut) and gone == sorted(gone, reverse=True)
    assert sum(gone) == len(written.cut) and len(boxes) == len(written.cut) + len(written.tokens)


def test_a_conversation_that_is_split_is_packed_by_its_parts(tmp_path):
    recipe = RECIPE.replace("cut_end", "split")
    page, rows, (column,) = page_of(tmp_path, [LONG], recipe=recipe)
    (written,) = rows[0].conversations[0].written
    assert len(written.lengths) == 2 and sum(written.lengths) == len(written.tokens) and not written.cut
    assert "split into 2: 0 of " in page.words
    assert sorted(column.packed([written])) == sorted([[(0, length)] for length in written.lengths])


def test_a_collator_that_would_stop_the_run_says_so(tmp_path):
    page, _, _ = page_of(tmp_path, ROWS[3:4], recipe=RECIPE.replace("too_long: cut_end", "too_long: stop"))
    assert "stops the run" in page.words and "more than the collator's length of 180" in page.words


def test_two_columns_show_where_they_part(tmp_path):
    page, rows, columns = page_of(tmp_path, ROWS[:1], "template=alpaca_short")
    left, right = rows[0].conversations[0].written
    assert [len(boxes) for boxes in page.columns] == [len(left.tokens), len(right.tokens)]
    assert f"{len(right.tokens) - len(left.tokens):+} beside the first column" in page.words
    at = first_difference(left.tokens, right.tokens)
    for boxes in page.columns:
        assert [place for place, (_, kinds, _) in enumerate(boxes) if "differs" in kinds] == [at]
    assert columns[1].title == "template=alpaca_short" and columns[1].title in page.words


def test_rows_that_are_packed_hold_each_conversation_once(tmp_path):
    page, rows, (column,) = page_of(tmp_path, [ROWS[0], ROWS[6], ROWS[0], ROWS[6]])
    written = [peeked.written[0] for row in rows for peeked in row.conversations]
    planned = column.packed(written)
    assert sorted(place for row in planned for place, _ in row) == [0, 1, 2, 3]
    assert all(sum(tokens for _, tokens in row) <= 180 for row in planned)
    assert len(planned) < 4, "nothing shares a row"
    assert "Packed together" in page.words
    alone, _, (padded,) = page_of(tmp_path, ROWS[:2], recipe=RECIPE.replace("packed:", "padded:"))
    assert padded.packed(written) == [] and "Packed together" not in alone.words


def test_what_is_dropped_shares_no_row(tmp_path):
    _, rows, (column,) = page_of(tmp_path, ROWS[2:4])
    written = [peeked.written[0] for row in rows for peeked in row.conversations]
    assert [one.fate for one in written] == ["", "dropped"] and column.packed(written) == [[(0, 78)]]
