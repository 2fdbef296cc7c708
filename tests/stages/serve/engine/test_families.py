"""In whatever company an answer is written, it is what Transformers' own generation writes alone."""

import pytest

from tests.families import FAMILIES
from tests.stages.serve.engine.running import Told, engine_of, generated, loud, prompts


@pytest.mark.parametrize("family", FAMILIES)
def test_answers_in_a_crowd_are_those_alone(family):
    model = loud(family)
    asked, mosts = prompts(8), [1, 12, 5, 30, 7, 2, 12, 9]
    with engine_of(model, rows=4) as engine:
        assert "in one pass" in engine.how
        told = Told(engine)
        for ids, most in zip(asked, mosts, strict=True):
            told.ask(ids, most)
        told.wait()
    for at, (ids, most) in enumerate(zip(asked, mosts, strict=True)):
        assert told.tokens(at) == generated(model, ids, most), at
        assert told.steps[at][-1].end == ("stop" if told.tokens(at)[-1] == 2 else "length")
