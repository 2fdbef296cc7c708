"""Keys of a row that only a format may set are kept under another name."""

from pitchpipe_components.formats import FORMATS, Messages
from tests.components.formats.published import without_notes


def test_a_key_that_only_a_format_may_set_is_kept_under_another_name():
    row = {
        "messages": [{"role": "assistant", "content": "x", "extra": 1}],
        "plain": True,
        "turn": 3,
        "turns": 5,
    }
    assert without_notes(Messages()(row)).meta == {
        "row_plain": True,
        "turn": 3,
        "row_turns": 5,
        "turns": [{"extra": 1}],
    }
    cot = FORMATS["openorca"]()(
        {"id": "cot.1", "system_prompt": "", "question": "", "response": "", "cot": "yes"}
    )
    assert cot.meta == {"id": "cot.1", "cot": True, "row_cot": "yes"}
