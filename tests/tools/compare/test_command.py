"""`pitchpipe compare` as a user calls it: what is compared, the results, the exports, and the mistakes."""

import json
import signal
import sqlite3
import subprocess
import sys

import pytest

from pitchpipe_components.evaluators.judge.calibration import read_votes
from tests.started import interruptible
from tests.tools.compare.made import Client, run_of, served, some_run, talk

DPO = """\
loaders:
  - files: {path: pairs.jsonl}
model: tiny
template: alpaca_short
adapter: lora
trainer: dpo
"""


def rate(runs, choose, raters=1, file=None):
    """Raters who choose by the texts of both replies."""
    with served(*runs, file=file) as (server, _, _):
        for _ in range(raters):
            client = Client(server.server_address[1]).join()
            page = client.next()
            while page["task"]:
                page = client.vote(page, choose(*(one["text"] for one in page["task"]["replies"])))[1]


def yes(left, right):
    return "left2" if left.startswith("Yes") else "right1" if right.startswith("Yes") else "tie"


@pytest.fixture
def here(project):
    """A project with a run that was rated by two: both like the tuned model's replies."""
    here = project()
    run = some_run(here.folder / "runs" / "a")
    (run / "votes").mkdir()
    rate([run], yes, 2, run / "votes" / "base-tuned.sqlite")
    return here


def test_the_results_say_who_wins_and_how_far_raters_are_to_be_trusted(here):
    out = here.run("compare", "runs/a", "--results").assert_success().out
    assert "tuned is better than base, by more than chance explains." in out
    assert "100.0 %" in out and "44 votes of 2 raters" in out
    assert "even" in out and "odd" in out  # categories
    for words in ("Cohen's kappa", "a rater says the same again", "the left side is chosen"):
        assert words in out


def test_pairs_train_dpo(here):
    out = here.run("compare", "runs/a", "--export", "pairs.jsonl").assert_success().out
    assert "20 pairs" in out and "held out" in out
    rows = here.rows("pairs.jsonl")
    assert {row["model_chosen"] for row in rows} == {"tuned"} and {row["margin"] for row in rows} <= {
        1,
        1.5,
        2,
    }
    here.write({"recipe.yaml": DPO})
    here.run("prepare", "recipe.yaml").assert_success()
    prepared = here.rows("runs/recipe/prepared/train.jsonl")
    assert len(prepared) == 20
    for row in prepared:
        asked, better = row["messages"]
        assert better["content"].startswith("Yes") and row["rejected"]["content"].startswith("No")
        assert asked["content"].startswith("Question")


def test_a_pair_keeps_the_whole_conversation_before_it(project):
    here = project({"recipe.yaml": DPO})
    one = talk("a", "Shorter?", system="Be brief.")
    one["messages"][1:1] = [
        {"role": "user", "content": "Sum up.", "context": "a letter"},
        {"role": "assistant", "content": "Long."},
    ]
    others = [talk(str(n), f"Say {n}.") for n in range(5)]
    base, tuned = ({"a": f"{word} a"} | {str(n): f"{word} {n}" for n in range(5)} for word in ("No", "Yes"))
    run = run_of(here.folder / "run", [one, *others], base=base, tuned=tuned)
    (run / "votes").mkdir()
    rate([run], yes, file=run / "votes" / "base-tuned.sqlite")
    here.run("compare", "run", "--export", "pairs.jsonl").assert_success()
    here.run("prepare", "recipe.yaml").assert_success()
    row = next(row for row in here.rows("runs/recipe/prepared/train.jsonl") if len(row["messages"]) > 2)
    one["messages"][1] = {"role": "user", "content": "Sum up.\n\na letter"}
    assert row["messages"][:4] == one["messages"][:4]
    assert row["messages"][4]["content"] == "Yes a" and row["rejected"]["content"] == "No a"


def test_votes_are_written_for_a_judge(here):
    here.run("compare", "runs/a", "--export-votes", "votes.jsonl").assert_success()
    votes = here.rows("votes.jsonl")
    assert len(votes) == 44 and sum(vote["again"] for vote in votes) == 4
    for vote in votes:
        assert vote["first"]["model"] == "tuned" and vote["first"]["said"].startswith("Yes")
        assert vote["verdict"] == "first" and vote["strength"] == (2 if vote["left"] == "first" else 1)
    assert {vote["rater"] for vote in votes} == {"rater 1", "rater 2"}
    assert len(read_votes(here.folder / "votes.jsonl")) == 40  # as the judge reads them


def test_three_runs_get_strengths_and_the_order_of_their_names_does_not_matter(project):
    here = project()
    talks = [talk(str(n), f"Q{n}") for n in range(12)]
    runs = [
        run_of(here.folder / name, talks, tuned={str(n): f"{grade} {name} {n}" for n in range(12)})
        for name, grade in (("bad", 1), ("good", 3), ("middling", 2))
    ]
    (runs[0] / "votes").mkdir()

    def higher(left, right):
        return "left1" if left > right else "right1"

    rate(runs, higher, file=runs[0] / "votes" / "bad+good+middling.sqlite")
    out = here.run("compare", "good", "bad", "middling", "--results").assert_success().out
    table = out.partition("Strengths")[2].partition("How far")[0]
    assert table.index("good") < table.index("middling") < table.index("bad")
    assert "good is better than bad" in out and "middling is better than bad" in out
    assert "1,000 " not in out.partition("How far")[0].partition("points")[0]


def test_votes_on_replies_that_are_no_more_are_told_and_still_exported(here):
    rows = here.rows("runs/a/answers-tuned.jsonl")
    rows[0]["said"] = "Yes, otherwise"
    here.write({"runs/a/answers-tuned.jsonl": rows})
    out = here.run("compare", "runs/a", "--results").assert_success().out
    assert "on replies that the runs no longer give" in out
    assert "20 pairs" in here.run("compare", "runs/a", "--export", "pairs.jsonl").assert_success().out


def test_raters_who_disagree_make_no_pair(project):
    here = project()
    run = some_run(here.folder / "a", 6)
    (run / "votes").mkdir()
    file = run / "votes" / "base-tuned.sqlite"
    rate([run], lambda left, right: "left1" if left.startswith("Yes") else "right1", file=file)
    rate([run], lambda left, right: "left1" if left.startswith("No") else "right1", file=file)
    out = here.run("compare", "a", "--export", "pairs.jsonl").assert_success().out
    assert "0 pairs" in out and "6 were even" in out
    out = here.run("compare", "a", "--results").assert_success().out
    assert "too few votes" in out


def test_it_serves_until_ctrl_c_and_says_how_to_go_on(project):
    here = project()
    some_run(here.folder / "runs" / "a", 3)
    with subprocess.Popen(
        [sys.executable, "-m", "pitchpipe", "compare", "runs/a", "--port", "0", "--host", "0.0.0.0"],
        cwd=here.folder, stdout=subprocess.PIPE, text=True, preexec_fn=interruptible,
    ) as process:  # fmt: skip
        lines = []
        while not lines or "Ctrl-C" not in lines[-1]:
            lines.append(process.stdout.readline())
            assert lines[-1], lines
        process.send_signal(signal.SIGINT)
        lines.append(process.communicate()[0])
    said = "".join(lines)
    assert process.returncode == 0
    assert "3 pairs of replies" in said and "?token=" in said and "/results?key=" in said
    assert "0 votes so far" in said and "The same command goes on" in said
    assert (here.folder / "runs/a/votes/base-tuned.sqlite").exists()


def test_mistakes_are_told_with_their_cure(project):
    here = project()
    some_run(here.folder / "runs" / "a", 3)
    run_of(here.folder / "runs" / "other", [talk("z", "Z")], tuned={"z": "z"})
    run_of(here.folder / "runs" / "same", [talk("z", "Z")], tuned={"z": "z"}, base={"z": "z "})
    run_of(here.folder / "runs" / "silent", [], tuned={}, base={})
    run_of(here.folder / "runs" / "untrained", [talk("z", "Z")], base={"z": "z"})
    half = run_of(here.folder / "runs" / "half", [])
    (half / "run.json").write_text(json.dumps({"stages": {"train": {"parts": {}, "done": False}}}))
    here.run("compare", "runs/b").assert_failed("runs/b is no run", "Did you mean 'runs/a'?")
    here.run("compare", "runs/a", "runs/a").assert_failed("named twice")
    here.run("compare", "runs/a", "runs/other").assert_failed("no answers to the same prompts", "side: test")
    here.run("compare", "runs/same").assert_failed("the same replies to all 1 prompts")
    here.run("compare", "runs/silent").assert_failed("is empty", "exact_match")
    here.run("compare", "runs/untrained").assert_failed("no trainer", "compare it with another run")
    here.run("compare", "runs/half").assert_failed("stopped in train", "finish it")
    here.run("compare", "runs/a", "--results").assert_failed("no votes yet")
    here.run("compare", "runs/a", "--export", "x.jsonl").assert_failed("no votes yet")
    here.run("compare", "runs/a", "--results", "--limit", "3").assert_failed("--limit")
    here.run("compare", "runs/a", "--host", "192.0.2.1").assert_failed("cannot listen on 192.0.2.1")
    here.run("compare", "runs/a", "--host", "no such host").assert_failed("cannot listen on")
    (here.folder / "runs/a/votes").mkdir(exist_ok=True)
    (here.folder / "runs/a/votes/base-tuned.sqlite").write_bytes(
        b"this is no database, but it is long enough" * 99
    )
    here.run("compare", "runs/a", "--results").assert_failed("cannot be used for votes")


def test_a_file_of_votes_of_a_later_version_is_left_alone(here):
    with sqlite3.connect(here.folder / "runs/a/votes/base-tuned.sqlite") as base:
        base.execute("update known set value = '2' where name = 'version'")
    base.close()
    here.run("compare", "runs/a", "--results").assert_failed("another pitchpipe")
