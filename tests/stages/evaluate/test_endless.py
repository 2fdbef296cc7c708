"""Answers that had to be cut are counted."""

from pitchpipe_stages.evaluate.endless import endless


def test_answers_that_had_to_be_cut_are_counted():
    answers = [b'{"said": "a", "ended": false}', b'{"said": "b", "ended": true}', b'{"said": "c"}']
    assert endless(answers) == (1, 2) and endless([]) == (0, 0)
