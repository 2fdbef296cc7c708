"""Progress: the rate of recent steps decides the time left, not what was done long ago or before."""

import io

from rich.console import Console

from pitchpipe_stages import console
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.progress import HowFar, in_words


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_the_rate_is_that_of_recent_steps():
    clock = Clock()
    so_far = HowFar(1000, clock)
    assert so_far.seconds_left() is None
    for seconds, steps in ((10, 50), (1, 50)):  # 50 slow steps, then 50 fast ones
        for _ in range(steps):
            clock.now += seconds
            so_far.add()
    assert so_far.seconds_left() == 900
    assert str(so_far) == "100 of 1,000, 15 min left"


def test_steps_of_an_earlier_process_say_nothing_of_the_rate():
    clock = Clock()
    so_far = HowFar(None, clock)
    clock.now += 5
    so_far.add(0, total=120, done=100)
    assert so_far.done == 100 and so_far.seconds_left() is None
    clock.now += 2
    so_far.add()
    assert so_far.seconds_left() == 2 * 19


def test_many_steps_in_a_second_leave_few_marks():
    clock = Clock()
    so_far = HowFar(10_000, clock)
    for _ in range(5_000):
        clock.now += 0.01
        so_far.add()
    assert 48 <= so_far.seconds_left() <= 52


def test_times_are_in_words():
    said = [in_words(seconds) for seconds in (0.4, 89, 90, 3600, 7200, 7260, 90_000, 200_000)]
    assert said == ["0 s", "89 s", "2 min", "60 min", "2 h", "2 h 1 min", "25 h", "2 d 7 h"]


def shown(monkeypatch, terminal):
    monkeypatch.setattr(console, "EVERY", 0)
    out, to = io.StringIO(), RichConsole()
    to.rich = Console(file=out, force_terminal=terminal, width=120)
    with to.bar("train") as tick:
        tick(0, total=20, done=7)
        tick(1, "loss [1.5]")
        tick(0, "validating")
    return out.getvalue()


def test_a_file_gets_lines_and_a_terminal_a_bar(monkeypatch):
    lines = shown(monkeypatch, terminal=False).splitlines()
    assert lines[0] == "train: 7 of 20"
    assert lines[1].startswith("train: 8 of 20") and lines[1].endswith("loss [1.5]")
    assert lines[2].endswith("validating") and len(lines) == 3
    bar = shown(monkeypatch, terminal=True)
    assert "8/20" in bar and "validating" in bar
