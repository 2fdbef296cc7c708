"""Questions to a server that misbehaves: what comes back, how often it was asked, what it cost, and what is kept."""

import pytest

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.generate.requests import sender
from tests.asked_teachers import VARIABLE, attempts, desk_of, ends, openai, questions, spending
from tests.bad_server import KEY, READ, WRITTEN, bad_server, echo

PRICE = {"input": 1.0, "output": 2.0}
ONE = (READ * 1.0 + WRITTEN * 2.0) / 1e6  # dollars of a reply


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A key, and tries that follow each other at once."""
    monkeypatch.setenv(VARIABLE, KEY)
    monkeypatch.setattr(sender, "FIRST", 0.01)


@pytest.fixture(scope="module")
def server():
    with bad_server() as server:
        yield server


@pytest.fixture
def asked(tmp_path, server):
    """Asks questions in a run of this test; gives the replies and how often the server was asked."""

    def ask(*asks, budget=None, **options):
        desk = desk_of(tmp_path, openai(server, dollars_per_million=PRICE, **options), budget)
        server.asked.clear(), server.seen.clear()
        replies = desk.ask("writer", asks, "asking")
        return replies, len(server.asked), spending(tmp_path)

    return ask


def test_replies_come_in_order_and_are_paid_once(asked):
    asks = questions(*(f"question {n}" for n in range(30)))
    first, sent, spent = asked(*asks)
    assert (sent, spent.requests, ends(first)) == (30, 30, ["stop"] * 30)
    assert spent.dollars == pytest.approx(30 * ONE)
    assert len({reply.text for reply in first}) == 30
    again, sent, spent = asked(*reversed(asks))
    assert again == first[::-1]
    assert (sent, spent.requests) == (0, 30)


def test_equal_questions_are_one_and_nth_makes_them_several(asked):
    same, other = questions("hi"), questions("hi", nth=1)
    replies, sent, _ = asked(*same, *same, *other)
    assert sent == 2 and len(replies) == 3 and replies[0] == replies[1]


@pytest.mark.parametrize("changed", [{"max_tokens": 5}, {"temperature": 0.5}, {"top_p": 0.5}])
def test_whatever_decides_the_reply_is_asked_anew(asked, changed):
    asked(*questions("hi"))
    assert asked(*questions("hi", **changed))[1] == 1
    assert asked(*questions("hi"))[1] == 0


@pytest.mark.parametrize(("options", "sent"), [
    ({"concurrency": 2}, 0), ({"timeout": 9}, 0), ({"dollars_per_million": {"input": 9, "output": 9}}, 0),
    ({"model": "other"}, 1), ({"body": {"seed": 1}}, 1),
])  # fmt: skip
def test_of_a_teacher_what_decides_the_reply_and_nothing_else_counts(tmp_path, server, options, sent):
    desk_of(tmp_path, openai(server)).ask("writer", questions("hi"), "asking")
    server.asked.clear()
    desk_of(tmp_path, openai(server, **options)).ask("writer", questions("hi"), "asking")
    assert len(server.asked) == sent


@pytest.mark.parametrize(("mode", "sent", "cost"), [
    ("429_seconds", 3, ONE), ("429_date", 2, ONE), ("429_bare", 2, ONE), ("error_in_200", 2, ONE),
    ("reset_after", 1, ONE), ("large", 1, ONE), ("odd_text", 1, ONE), ("fine", 1, ONE), ("other_model", 1, ONE),
    ("length", 1, ONE), ("refusal", 1, ONE), ("empty", 1, ONE), ("tool", 1, ONE), ("400", 1, 0), ("filtered", 1, 0),
    ("503_forever", 6, 0), ("html", 6, 0),
    # Something was or may have been paid for what never came.
    ("500_once", 2, None), ("408_once", 2, None), ("cut_body", 2, None), ("cut_json", 2, None), ("reset", 2, None),
    ("no_choices", 6, None), ("no_usage", 1, None), ("negative_usage", 1, None),
])  # fmt: skip
def test_a_bad_server_is_asked_no_more_than_helps(asked, tmp_path, mode, sent, cost):
    found = {"length": "cut", "refusal": "refused", "filtered": "refused"}
    found |= dict.fromkeys(("empty", "tool", "400", "503_forever", "html", "no_choices"), "failed")
    (reply, _), count, spent = asked(*questions(f"mode:{mode}", "fine"), budget={"dollars": 1})
    assert reply.end == found.get(mode, "stop")
    assert count == sent + 1
    assert spent.requests == sent + 1
    worst = sum(most for most, took, _ in attempts(tmp_path) if took is None)
    known = ONE if cost is None and reply.end == "stop" and "usage" not in mode else cost or 0
    assert spent.dollars == pytest.approx(ONE + known + worst)
    assert (worst > 0) == (cost is None)
    assert reply.problem or reply.end == "stop"


@pytest.mark.parametrize("mode", ["silence", "trickle"])
def test_a_reply_that_takes_too_long_is_asked_for_again_and_may_have_been_paid(
    asked, tmp_path, mode, monkeypatch
):
    monkeypatch.setattr(sender, "TRIES", 2)
    (reply, _), count, _ = asked(*questions(f"mode:{mode}", "fine"), timeout=0.2)
    assert reply.end == "failed" and "timeout" in reply.problem and count == 3
    assert [cost is None for _, cost, problem in attempts(tmp_path) if problem] == [True, True]


@pytest.mark.parametrize(("mode", "said"), [
    ("401", "lets nobody in"), ("403", "lets nobody in"), ("404", "knows no model 'tutor'"),
    ("no_quota", "no money is left"), ("moved", "has moved to http://127.0.0.1:9/v1"), ("429_an_hour", "for 60 minutes"),
])  # fmt: skip
def test_what_no_other_try_cures_stops_at_once(asked, server, mode, said):
    with pytest.raises(PitchpipeError, match=said):
        asked(*questions(f"mode:{mode}", *(f"after {n}" for n in range(50))), concurrency=1)
    assert len(server.asked) == 1
    (reply,), sent, _ = asked(*questions("after 1"))
    assert (reply.end, sent) == ("stop", 1)


def test_a_server_that_is_down_stops_the_run_and_it_goes_on_later(asked, server):
    server.fallback = "503_forever"
    try:
        with pytest.raises(
            PitchpipeError, match=r"answered none of the last 16 requests: 503: status 503.*to go on"
        ):
            asked(*questions(*(f"down {n}" for n in range(64))))
    finally:
        server.fallback = "fine"
    replies, sent, _ = asked(*questions(*(f"down {n}" for n in range(64))))
    assert (set(ends(replies)), sent) == ({"stop"}, 64)


def test_nobody_at_the_url_stops_the_run_before_long(asked, monkeypatch):
    monkeypatch.setattr(sender, "UNANSWERED", 0.1)
    with pytest.raises(PitchpipeError, match=r"answered none of the last 16 requests: .* cannot be reached"):
        asked(*questions(*(f"down {n}" for n in range(64))), url="http://127.0.0.1:9/v1", concurrency=2)


def test_odd_text_comes_as_it_is_but_for_halves_that_no_file_holds(asked):
    ((reply,), *_) = asked(*questions("mode:odd_text"))
    assert reply.text == "a\u2028b\x00c\ufffdd \U0001f600 <|im_end|> {x} </s>"


def test_another_model_is_told(asked):
    _, _, spent = asked(*questions("mode:other_model"))
    assert spent.others == {"a-cheaper-one": 1}


@pytest.mark.parametrize("concurrency", [1, 7, 64])
def test_the_concurrency_changes_no_reply_and_is_not_exceeded(tmp_path, concurrency):
    asks = questions(*(f"q {n}" for n in range(80)))
    with bad_server(slow=0.01) as server:
        desk = desk_of(tmp_path, openai(server, concurrency=concurrency))
        replies = desk.ask("writer", asks, "asking")
        assert [reply.text for reply in replies] == [echo({"messages": one.messages}) for one in asks]
        assert concurrency == 1 or server.most_flying > 1
        assert server.most_flying <= concurrency


# --- The budget ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "budget", [{"requests": 7}, {"tokens": 7 * (READ + WRITTEN) + 1500}, {"dollars": 7 * ONE + 0.0024}]
)
def test_a_budget_stops_hard_and_a_larger_one_goes_on(asked, budget):
    asks = questions(*(f"question {n}" for n in range(40)))
    replies, sent, spent = asked(*asks, budget=budget)
    assert ends(replies).count("stop") == sent and ends(replies).count("unsent") == 40 - sent
    assert 7 <= sent < 40
    assert spent.dollars <= budget.get("dollars", 1) and spent.tokens <= budget.get("tokens", 10**9)
    again, more, _ = asked(*asks, budget=budget)
    assert more <= 1 and ends(again).count("stop") == sent + more
    replies, rest, _ = asked(*asks)
    assert set(ends(replies)) == {"stop"} and rest == 40 - sent - more


def test_a_budget_of_nothing_sends_nothing(asked):
    replies, sent, _ = asked(*questions("a", "b"), budget={"dollars": 0})
    assert (ends(replies), sent) == (["unsent", "unsent"], 0)
    assert "budget" in replies[0].problem


def test_a_server_that_charges_more_than_can_be_stops_what_is_left(asked):
    asks = questions("mode:huge_usage", *(f"after {n}" for n in range(9)))
    replies, sent, spent = asked(*asks, budget={"dollars": 0.01}, concurrency=1)
    assert (sent, ends(replies)) == (1, ["stop", *["unsent"] * 9])
    assert spent.dollars > 0.01


# --- Schemas ---------------------------------------------------------------------------------------

VERDICT = {
    "type": "object", "properties": {"verdict": {"enum": ["A", "B"]}}, "required": ["verdict"], "additionalProperties": False,
}  # fmt: skip


@pytest.mark.parametrize(("mode", "end", "text", "sent"), [
    ("bad_json_once", "stop", '{"verdict": "A"}', 2), ("fenced", "stop", '{"verdict": "A"}', 1),
    ("bad_json", "failed", '{"verdict": "C"}', 2), ("length", "cut", "half a sen", 1),
    ("refusal", "refused", "", 1),
])  # fmt: skip
def test_a_schema_is_checked_and_asked_for_once_more(asked, server, mode, end, text, sent):
    (reply,), count, _ = asked(*questions(f"mode:{mode}", schema=VERDICT))
    assert (reply.end, reply.text, count) == (end, text, sent)
    assert server.asked[0]["response_format"]["json_schema"]["schema"] == VERDICT
    again, count, _ = asked(*questions(f"mode:{mode}", schema=VERDICT))
    assert (again, count) == ([reply], 0)


def test_a_schema_that_nobody_could_check_is_refused(asked, server):
    with pytest.raises(PitchpipeError, match="'oneOf', which is not checked here"):
        asked(*questions("hi", schema={"oneOf": []}))
    assert not server.asked


# --- Keys ------------------------------------------------------------------------------------------


def test_the_key_is_in_no_file_and_no_error(asked, tmp_path, monkeypatch):
    asked(*questions("hi"))
    with pytest.raises(PitchpipeError) as error:
        asked(*questions("mode:401"))
    assert VARIABLE in str(error.value)
    monkeypatch.setenv(VARIABLE, "sk-another-0123456789")
    with pytest.raises(PitchpipeError) as other:
        asked(*questions("new"))
    written = b"".join(file.read_bytes() for file in (tmp_path / "run").rglob("*") if file.is_file())
    for key in (KEY, "sk-another-0123456789"):
        assert key not in str(error.value) + str(other.value)
        assert key.encode() not in written


def test_a_variable_that_holds_nothing_is_named(asked, server, tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(PitchpipeError, match=f"export {VARIABLE}=..."):
        asked(*questions("hi"))
    assert not server.asked
    assert spending(tmp_path).requests == 0
