"""The router `split`: who gets which side, what is counted for it, and what a kill leaves."""

import asyncio
import os
import signal
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import pitchpipe as pp
from pitchpipe_components.routers import experiment
from pitchpipe_components.routers.split import SplitRouter


class Service:
    def __init__(self, folder: Path):
        self.folder, self.lines, self.counts, self.gauges = folder, [], Counter(), {}

    def say(self, line: str) -> None:
        self.lines.append(line)

    def count(self, name: str, help: str, by: float = 1, **labels: str) -> None:
        self.counts[name, *labels.values()] += by

    def gauge(self, name: str, help: str, value: float, **labels: str) -> None:
        self.gauges[name, *labels.values()] = value


def begun(folder: Path, **options: object) -> tuple[SplitRouter, Service]:
    router, service = SplitRouter(**{"shares": {"a": 0.5, "b": 0.5}} | options), Service(folder)
    asyncio.run(router.begin(service))
    return router, service


def ask(
    router: SplitRouter, id: str, user: str = "", text: str = "fine", end: str = "stop", by: str = ""
) -> str:
    """The side that a request gets; an answer comes back."""
    request = pp.Request(id, "auto", pp.Conversation((pp.Message("user", "Hi"),)), user=user)
    names = tuple(router(request))
    said = pp.Said(text=text, end=end, by=by or names[0])
    router.answered(replace(request, upstreams=names), [said])
    return names[0]


def rate(router: SplitRouter, id: str, rating: float | None = None, better: str = "") -> bool:
    return asyncio.run(router.heard(pp.Feedback(id, rating, better)))


def rows(router: SplitRouter) -> dict[str, dict[str, object]]:
    (panel,) = router.panels()
    names = [name or str(at) for at, name in enumerate(panel.head)]
    return {row[0]: dict(zip(names, row, strict=True)) for row in panel.rows}


def test_a_user_stays_on_a_side_and_shares_are_kept(tmp_path):
    router, _ = begun(tmp_path, shares={"champion": 0.9, "new": 0.1})
    sides = {f"u{n}": ask(router, f"{n}", f"u{n}") for n in range(2000)}
    again, _ = begun(tmp_path / "..", shares={"champion": 0.9, "new": 0.1})
    assert all(ask(again, f"x{user}", user) == side for user, side in list(sides.items())[:200])
    assert 150 < Counter(sides.values())["new"] < 250
    salted, _ = begun(tmp_path, shares={"champion": 0.9, "new": 0.1}, salt="2")
    assert {user: ask(salted, user, user) for user in sides} != sides


def test_another_stands_in_and_that_counts_for_nobody(tmp_path):
    router, _ = begun(tmp_path)
    side = ask(router, "1", "ann", by="c")
    assert not rate(router, "1", 1.0)
    assert rows(router)[side]["answers"] == 0
    request = pp.Request("2", "auto", pp.Conversation(()), user="ann")
    assert list(router(request)) == [side, {"a": "b", "b": "a"}[side]]
    alone, _ = begun(tmp_path, stand_in=[])
    assert len(alone(request)) == 1


def test_the_last_feedback_of_an_answer_counts_once(tmp_path):
    router, service = begun(tmp_path)
    side = ask(router, "1", "ann")
    assert rate(router, "1", 1.0) and rows(router)[side]["good"] == "100.0%"
    assert rate(router, "1", better="So:") and rows(router)[side]["good"] == "0.0%"
    assert rate(router, "1", 0.0) and rows(router)[side]["good"] == "50.0%"
    assert rows(router)[side]["outcomes"] == 1
    assert not rate(router, "never") and service.counts["ab_outcomes", side] == 3


@pytest.mark.parametrize(("outcome", "good", "bad"), [
    ("ended", {"end": "stop"}, {"end": "length"}),
    ("json", {"text": '{"a": 1}'}, {"text": "{"}),
    ({"matches": r"^\d+$"}, {"text": "42"}, {"text": "42!"}),
])  # fmt: skip
def test_an_outcome_that_a_program_sees(tmp_path, outcome, good, bad):
    router, _ = begun(tmp_path, outcome=outcome)
    side = ask(router, "1", "ann", **good)
    ask(router, "2", "ann", **bad)
    assert (rows(router)[side]["good"], rows(router)[side]["outcomes"]) == ("50.0%", 2)
    assert not rate(router, "1", 1.0), "ratings are not what is counted"


def test_a_winner_is_found_told_and_kept(tmp_path):
    router, service = begun(tmp_path)
    assert "Not yet: a difference of 10%" in router.panels()[0].note
    for number in range(400):
        side = ask(router, f"{number}", f"u{number}")
        rate(router, f"{number}", 1.0 if side == "b" or number % 2 else -1.0)
    assert [
        line for line in service.lines if "has a winner: 'b' does better than 'a'" in line
    ] == service.lines
    assert "Winner: b." in router.panels()[0].note and service.gauges["ab_p_value", "b"] < 0.001
    again, told = begun(tmp_path)
    assert again.panels() == router.panels()
    assert "goes on with 400 outcomes" in told.lines[0]
    assert rate(again, "7", -1.0), "feedback is heard over a restart"
    _, other = begun(tmp_path, outcome="ended")
    assert "a new experiment" in other.lines[0]


def test_one_user_is_told_to_be_one(tmp_path):
    router, _ = begun(tmp_path, outcome="ended")
    for number in range(50):
        ask(router, str(number), "the-only-key")
    assert "of one user, so of one side" in router.panels()[0].note


def test_requests_of_nobody_are_told(tmp_path):
    router, _ = begun(tmp_path)
    assert {ask(router, str(number)) for number in range(20)} == {"a", "b"}
    assert "20 requests named no user" in router.panels()[0].note


def test_old_answers_are_left_out_and_their_outcomes_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(experiment, "KEPT", 10)
    monkeypatch.setattr(experiment, "EVERY", 5)
    router, _ = begun(tmp_path)
    for number in range(40):
        ask(router, str(number), f"u{number}")
        assert rate(router, str(number), 1.0)
    assert not rate(router, "0", -1.0) and rate(router, "39", -1.0)
    assert sum(row["outcomes"] for row in rows(router).values()) == 40


def test_three_sides_are_compared_with_the_first(tmp_path):
    router, _ = begun(tmp_path, shares={"a": 0.4, "b": 0.3, "c": 0.3})
    assert router.alpha == 0.025
    for number in range(300):
        side = ask(router, f"{number}", f"u{number}")
        rate(router, f"{number}", 1.0 if side == "c" or number % 2 else -1.0)
    found = rows(router)
    assert found["a"]["p"] == "" and float(found["c"]["p"]) < 0.025 < float(found["b"]["p"])


def counts_until_it_is_killed(folder: Path) -> None:
    router, _ = begun(folder, outcome="ended")
    for number in range(10_000):
        ask(router, str(number), f"u{number % 7}")
        if number == 500:
            os.kill(os.getpid(), signal.SIGKILL)


def test_a_kill_loses_nothing(tmp_path):
    if not (child := os.fork()):
        counts_until_it_is_killed(tmp_path)
        os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    router, _ = begun(tmp_path, outcome="ended")
    assert sum(row["outcomes"] for row in rows(router).values()) == 501


@pytest.mark.parametrize(("options", "words"), [
    ({"shares": {"a": 0.5, "b": 0.4}}, "they sum to 0.9, and should sum to 1"),
    ({"shares": {"a": 1.5, "b": -0.5}}, "expected 'b' to have a share above 0"),
    ({"shares": {"a": float("nan"), "b": 1}}, "expected 'a' to have a share above 0"),
    ({"outcome": "ratings"}, "no outcome 'ratings'. Did you mean 'rating'?"),
    ({"outcome": {"matches": "("}}, "is no regular expression"),
    ({"outcome": {"ended": True}}, "ended takes no value"),
    ({"outcome": {}}, "no outcome ''"),
])  # fmt: skip
def test_an_experiment_that_cannot_be_is_refused(options, words):
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        SplitRouter(**{"shares": {"a": 0.5, "b": 0.5}} | options)
