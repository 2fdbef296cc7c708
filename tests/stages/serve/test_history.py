from pitchpipe_stages.serve.history import KEPT, SECONDS, ServedHistory


class Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


def test_ten_seconds_are_told_together_and_gaps_are_told():
    clock = Clock()
    history = ServedHistory(clock)
    history.now().requests += 1
    clock.now += 9
    history.now().requests += 1
    clock.now += 25
    history.now().tokens += 3
    told = history.moments()
    assert [one.began for one in told] == [1_000_000, 1_000_010, 1_000_020, 1_000_030]
    assert [one.requests for one in told] == [2, 0, 0, 0] and told[-1].tokens == 3


def test_a_year_needs_no_more_room_than_an_hour():
    clock = Clock()
    history = ServedHistory(clock)
    for _ in range(3 * KEPT):
        history.now().requests += 1
        clock.now += SECONDS
    assert len(history.moments()) == KEPT and len(history._moments) == KEPT
    clock.now += 365 * 86400
    assert len(history.moments()) == KEPT and sum(one.requests for one in history.moments()) == 0


def test_the_share_of_answers_that_began_in_time():
    history = ServedHistory(Clock())
    assert history.now().first(0.5) is None
    for number in range(1, 101):
        history.first(number / 100)
    assert abs(history.now().first(0.5) - 0.5) < 0.03
    assert abs(history.now().first(0.95) - 0.95) < 0.06
    history.first(0.0)  # a clock that stood still
    assert history.now().first(0.001) < 1e-5
