"""A judge behind a real server that misbehaves: nothing is lost, nothing is paid twice, the rates are right."""

import json
import re
import time

import pytest

from tests.bad_server import bad_server

RECIPE = """\
model: tiny
template: alpaca_short
loaders:
  - files: {path: rows.jsonl, side: test}
teachers:
  referee:
    openai: {url: URL, model: gpt-5-mini, key: REFEREES_KEY, concurrency: 4, timeout: 5}
evaluators:
  - judge: OPTIONS
"""
PAIR = re.compile(r"<<reply (A|B) (\w+)>>\n(.*?)\n<<end \2>>", re.S)
ONE = re.compile(r"<<reply (\w+)>>\n(.*?)\n<<end \1>>", re.S)


def verdict(word, reason="because"):
    return json.dumps({"reason": reason, "verdict": word})


def shown(body):
    """The replies that a question shows, by their sides."""
    words = body["messages"][0]["content"]
    return {side: text for side, _, text in PAIR.findall(words)} or ONE.search(words)[2]


def longer(body):
    """A judge that prefers the longer reply."""
    replies = shown(body)
    return verdict("A" if len(replies["A"]) > len(replies["B"]) else "B")


def rows(*modes):
    long = "a reply that is longer than all that the tiny model ever says " * 9
    return [{"instruction": f"mode:{mode} Say {n}.", "output": f"{n} {long}"} for n, mode in enumerate(modes)]


@pytest.fixture
def court(project, monkeypatch):
    """A run with a judge, before a server: court(server, rows, options)."""

    def sit(server, held_out, options="{teacher: referee, max_new_tokens: 4}", more=""):
        monkeypatch.setenv("REFEREES_KEY", server.key)
        recipe = RECIPE.replace("URL", server.url).replace("OPTIONS", options) + more
        return project({"recipe.yaml": recipe, "rows.jsonl": held_out})

    return sit


def scores(here):
    found = here.json("runs/recipe/scores.json")["base"]
    return {name: score["value"] for name, score in found.items()}, found


def flat(outcome):
    return " ".join(outcome.assert_success().out.split())


@pytest.mark.slow(seconds=8)
def test_a_server_that_misbehaves(court):
    """What passes is tried again; a refusal, a cut reply and a wrong one are no verdicts; a quotation is none."""

    def answer(body):
        words = body["messages"][0]["content"]
        if "quoting" in words:
            return f"Reply A says {verdict('A')} and [[A]], reply B says {verdict('B')}.\n{verdict('tie', 'both cheat')}"
        if "cheating" in words:
            side = "A" if len(shown(body)["A"]) > len(shown(body)["B"]) else "B"
            return f"Reply A ends with {verdict('A')}, which is a trick.\n[[{side}]]"
        return "[[A]] or [[B]]" if "unclear" in words else longer(body)

    modes = [
        "429_seconds",
        "500_once",
        "cut_body",
        "cut_json",
        "error_in_200",
        "reset",
        "fine",
        "refusal",
        "length",
    ]
    held_out_modes = [*modes, "fine quoting", "fine unclear", "fine cheating", "bad_json"]
    with bad_server(answer) as server:
        here = court(server, rows(*held_out_modes))
        out = flat(here.run("run", "recipe.yaml"))
        values, found = scores(here)
        asked = len(server.asked)
        # A run that is done again pays for nothing.
        (here.folder / "runs/recipe/measured-base.jsonl").unlink()
        again = flat(here.run("run", "recipe.yaml"))
        assert len(server.asked) == asked and scores(here)[1] == found and "from the record" in again
    # Of 13 questions, 4 have no verdict; 8 are lost, as the judge likes what is longer; one is a tie.
    assert values["judge_invalid"] == pytest.approx(4 / 13)
    assert values["judge_win_rate"] == pytest.approx(0.5 / 9) and values["judge_disagreement"] == 0
    assert "3.8 % if all of them are lost, 34.6 % if" in found["judge_win_rate"]["how"]
    assert "0 won, 8 lost, 1 tied" in out and "4 without a verdict" in out and "uncalibrated" in out
    # Each question in both orders; again for each failure that passes, and once for each broken form.
    assert asked == 2 * (13 + 2 + 5 + 3)
    lines = here.rows("runs/recipe/judged-base.jsonl")
    assert len(lines) == 26 == len({line["key"] for line in lines})
    of = {mode: [line for line in lines if f"mode:{mode} Say" in line["prompt"]] for mode in held_out_modes}
    assert [line["verdict"] for line in of["cut_body"]] == ["reference", "reference"]
    assert [(line["A"], line["B"]) for line in of["fine"]] == [("base", "reference"), ("reference", "base")]
    assert {(line["verdict"], line["reason"]) for line in of["fine quoting"]} == {("tie", "both cheat")}
    assert all(line["verdict"] is None and line["problem"] for line in of["refusal"] + of["length"])
    assert of["fine unclear"][0]["said"] == "[[A]] or [[B]]"
    files = [file for file in here.folder.rglob("*") if file.is_file()]
    assert not any(server.key.encode() in file.read_bytes() for file in files)


def test_a_judge_that_only_looks_at_places_decides_nothing(court):
    with bad_server(lambda body: verdict("A")) as server:
        here = court(server, rows("fine", "fine", "fine"))
        out = flat(here.run("run", "recipe.yaml"))
    values, _ = scores(here)
    assert (
        values["judge_win_rate"] == 0.5 and values["judge_disagreement"] == values["judge_prefers_first"] == 1
    )
    assert "3 tied (3 as the two orders disagree)" in out
    assert (here.folder / "runs/recipe/judged-base.jsonl").exists()
    flat(here.run("run", "recipe.yaml", "--set", "evaluators=[perplexity]"))  # verdicts of before are gone
    assert not (here.folder / "runs/recipe/judged-base.jsonl").exists()


def test_a_time_out_is_asked_again(court):
    heard = set()

    def answer(body):
        side = tuple(shown(body).items())
        if side not in heard:
            heard.add(side)
            time.sleep(4)  # the teacher waits for 2 seconds
        return longer(body)

    with bad_server(answer) as server:
        here = court(server, rows("fine"))
        flat(here.run("run", "recipe.yaml", "--set", "teachers.referee.openai.timeout=2"))
        assert len(server.asked) >= 4
    assert scores(here)[0]["judge_win_rate"] == 0 and scores(here)[0]["judge_invalid"] == 0


def test_ratings_with_a_right_reply(court):
    def answer(body):
        assert "right reply" in body["messages"][0]["content"]
        schema = body["response_format"]["json_schema"]["schema"]
        assert list(schema["properties"]) == ["reason", "verdict"]
        return verdict(2) if "Say 0" in body["messages"][0]["content"] else verdict(5)

    with bad_server(answer) as server:
        here = court(
            server,
            rows("fine", "fine", "length"),
            "{teacher: referee, mode: single, scale: 5, reference: true, max_new_tokens: 4}",
        )
        out = flat(here.run("run", "recipe.yaml"))
        assert len(server.asked) == 3
    values, found = scores(here)
    assert values["judge_rating"] == 3.5 and values["judge_rating_invalid"] == pytest.approx(1 / 3)
    assert "2.67 if all of them are 1, 4.00 if all are 5" in found["judge_rating"]["how"]
    assert "2 replies rated" in out and "cut" in out


def test_a_higher_limit_asks_only_what_is_new_and_a_budget_stops(court):
    with bad_server(longer) as server:
        here = court(server, rows(*["fine"] * 6), "{teacher: referee, limit: 2, max_new_tokens: 4}")
        flat(here.run("run", "recipe.yaml"))
        first = len(server.asked)
        flat(here.run("run", "recipe.yaml", "--set", "evaluators.judge.limit=4"))
        assert (first, len(server.asked)) == (4, 8)
        short = here.run(
            "run", "recipe.yaml", "--set", "evaluators.judge.limit=6", "--set", "budget={requests: 10}"
        )
        assert "1 questions are left" in flat(short) and len(server.asked) == 10
        assert scores(here)[1]["judge_win_rate"]["count"] == 5
        flat(here.run("run", "recipe.yaml", "--set", "evaluators.judge.limit=6"))
        assert len(server.asked) == 12 and scores(here)[1]["judge_win_rate"]["count"] == 6


def test_votes_of_people_calibrate(court):
    """People prefer the held-out replies as the judge does, but for one; then the votes are for other replies."""
    with bad_server(longer) as server:
        here = court(server, rows(*["fine"] * 5))
        flat(here.run("run", "recipe.yaml"))
        asked = len(server.asked)
        answers = here.rows("runs/recipe/answers-base.jsonl")
        votes = [
            {
                "id": one["id"],
                "first": {"said": one["expected"]},
                "second": {"said": one["said"]},
                "verdict": verdict,
                "rater": rater,
            }
            for n, one in enumerate(answers)
            for rater, verdict in (("1", "first"), ("2", "second" if n == 0 else "first"))
        ]
        here.write({"votes.jsonl": votes})
        out = flat(here.run("run", "recipe.yaml", "--set", "evaluators.judge.votes=votes.jsonl"))
        assert len(server.asked) == asked  # the very pairs that were judged before
        values, found = scores(here)
        assert values["judge_human_agreement"] == 0.9 and values["human_human_agreement"] == 0.8
        assert values["longest_human_agreement"] == 0.9 and "uncalibrated" not in out
        assert found["judge_human_agreement"]["count"] == 5 and "judge_human_kappa" in found
        assert len(here.rows("runs/recipe/judged-votes-base.jsonl")) == 10
        others = [vote | {"id": "0" * 16} for vote in votes[:2]] + [votes[2] | {"second": {"said": "else"}}]
        here.write({"votes.jsonl": others})
        out = flat(here.run("run", "recipe.yaml", "--set", "evaluators.judge.votes=votes.jsonl"))
        assert "judges 1 of 2 pairs of replies that people voted on" in out and len(server.asked) == asked + 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("{}", "teacher"),
        ("{teacher: referees}", "Did you mean 'referee'?"),
        ("{teacher: referee, mode: single, votes: votes.jsonl}", "votes compare two replies"),
        ("{teacher: referee, votes: votes.jsonl}", "pitchpipe compare RUN --export-votes"),
        (
            "{teacher: referee, against: reference, reference: true}",
            "one of the two replies as the right one",
        ),
        ("{teacher: referee, prompt: 'Which? {reply_a} {replyb}'}", "it lacks {conversation} and {reply_b}"),
        ("{teacher: referee, scale: 1}", "scale"),
    ],
)
def test_mistakes_are_told_before_anything_runs(court, options, words):
    with bad_server(longer) as server:
        here = court(server, rows("fine"), options)
        here.run("check", "recipe.yaml").assert_failed(words)
        assert not server.asked


def test_a_judge_without_any_verdict_is_an_error(court):
    with bad_server(lambda body: "I would rather not.") as server:
        here = court(server, rows("fine", "fine"))
        here.run("run", "recipe.yaml").assert_failed("'referee' gave no verdict at all")


TRAINED = RECIPE.replace("adapter", "").replace(
    "  - files: {path: rows.jsonl, side: test}\n",
    "  - files: {path: rows.jsonl}\nsplit: {train: 0.8, test: 0.2}\ntrainer:\n  sft: {batch_size: 8, max_steps: 6, learning_rate: 0.01}\n",
)


@pytest.mark.slow(seconds=8)
def test_the_tuned_model_meets_its_base(project, monkeypatch):
    """The base has half by definition, so that the difference is what tuning has won."""
    with bad_server(longer) as server:
        monkeypatch.setenv("REFEREES_KEY", server.key)
        recipe = TRAINED.replace("URL", server.url).replace(
            "OPTIONS", "{teacher: referee, max_new_tokens: 8}"
        )
        says = [{"instruction": f"Say {n}.", "output": "ha " * 9} for n in range(60)]
        here = project({"recipe.yaml": recipe, "rows.jsonl": says})
        out = flat(here.run("run", "recipe.yaml"))
        asked = len(server.asked)
    found = here.json("runs/recipe/scores.json")
    base, tuned = (found[model]["judge_win_rate"] for model in ("base", "tuned"))
    assert base["value"] == base["low"] == base["high"] == 0.5 and tuned["count"] == base["count"] == 12
    difference = found["difference"]["judge_win_rate"]
    for end in ("value", "low", "high"):
        assert difference[end] == pytest.approx(tuned[end] - 0.5) and difference["count"] == 12
    lines = here.rows("runs/recipe/judged-tuned.jsonl")
    assert {line["A"] for line in lines} == {"tuned", "base"} and 0 < len(lines) == asked <= 24
    assert not (here.folder / "runs/recipe/judged-base.jsonl").exists() and "replies against the base" in out
    said = [
        {line["id"]: line["said"] for line in here.rows(f"runs/recipe/answers-{model}.jsonl")}
        for model in ("base", "tuned")
    ]
    wins = [len(said[1][id].strip()) - len(said[0][id].strip()) for id in said[0]]
    assert tuned["value"] == pytest.approx(sum(0.5 + 0.5 * ((win > 0) - (win < 0)) for win in wins) / 12)
