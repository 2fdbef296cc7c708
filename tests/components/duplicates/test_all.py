"""What holds of every filter that compares rows."""

import pickle

import pytest

import pitchpipe as pp
from pitchpipe.host.options import options_of
from pitchpipe_components.duplicates import (
    ConflictingAnswers,
    ExactDuplicates,
    NearDuplicates,
    SemanticDuplicates,
)
from tests.components.duplicates.texts import talk


@pytest.mark.parametrize("filter", [ExactDuplicates, NearDuplicates, ConflictingAnswers, SemanticDuplicates])
def test_no_rows_and_one_row_are_no_trouble(compare, by_default, filter):
    assert compare(by_default(filter), []) == {} and compare(by_default(filter), [talk("Hi")]) == {}
    assert compare(by_default(filter), [pp.Conversation(())] * 3, 2) == {}
    assert all(option.description and not option.problem() for option in options_of(filter).values())
    assert pickle.loads(pickle.dumps(by_default(filter))) == by_default(filter)
