"""The interval of a share of right answers."""

from pitchpipe_plugins.evaluators.exact_match import share


def test_wilsons_interval():
    score = share(0, 100)
    assert score.low == 0 and 0.035 < score.high < 0.038  # 0.0370 in Wilson's table
    score = share(50, 100)
    assert abs(score.low - 0.404) < 0.001 and abs(score.high - 0.596) < 0.001
