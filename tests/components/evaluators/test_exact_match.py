"""The interval of a share of right answers."""

import pitchpipe as pp


def test_wilsons_interval():
    score = pp.Score.share(0, 100)
    assert score.low == 0 and 0.035 < score.high < 0.038  # 0.0370 in Wilson's table
    score = pp.Score.share(50, 100)
    assert abs(score.low - 0.404) < 0.001 and abs(score.high - 0.596) < 0.001
