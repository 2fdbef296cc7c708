"""What counts as worse than the base."""

import pitchpipe as pp
from pitchpipe_stages.evaluate.worse import endless, no_better, worse


def lower(value, low=None, high=None):
    return {"perplexity": pp.Score(value, 10, low, high, better="lower")}


def test_the_lower_or_the_higher_is_worse():
    assert worse(lower(2, 1.9, 2.1), lower(3, 2.9, 3.1), surely=True)
    assert not worse(lower(3, 2.9, 3.1), lower(2, 1.9, 2.1), surely=False)
    few, many = {"match": pp.Score.share(10, 1000)}, {"match": pp.Score.share(900, 1000)}
    assert worse(many, few, surely=True) == ["match 1.0 %  (0.5 to 1.8), base 90.0 %  (88.0 to 91.7)"]
    assert not worse(few, many, surely=False)


def test_what_chance_explains_is_not_sure():
    base, tuned = lower(2, 1.5, 2.5), lower(2.1, 1.6, 2.6)
    assert worse(base, tuned, surely=False) and not worse(base, tuned, surely=True)
    assert not worse(base, base, surely=False)


def test_no_number_is_worse_than_any():
    assert worse(lower(2, 1.9, 2.1), lower(None), surely=True) == [
        "perplexity not a number, base 2.000  (1.900 to 2.100)"
    ]
    assert not worse(lower(None), lower(2), surely=True)


def test_a_score_that_does_not_say_what_is_better_is_not_judged():
    assert not worse({"length": pp.Score(9, 10)}, {"length": pp.Score(1, 10)}, surely=False)


def test_the_same_scores_are_no_better():
    both = lower(2, 1.9, 2.1) | {"match": pp.Score.share(0, 10)}
    assert no_better(both, both) == [
        "perplexity 2.000  (1.900 to 2.100), base 2.000  (1.900 to 2.100)",
        "match 0.0 %  (0.0 to 27.8), base 0.0 %  (0.0 to 27.8)",
    ]
    assert not no_better(both, both | lower(1.99)) and not no_better({"length": pp.Score(9, 10)}, {})


def test_answers_that_had_to_be_cut_are_counted():
    answers = [b'{"said": "a", "ended": false}', b'{"said": "b", "ended": true}', b'{"said": "c"}']
    assert endless(answers) == (1, 2) and endless([]) == (0, 0)
