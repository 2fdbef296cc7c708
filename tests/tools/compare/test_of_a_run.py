"""`compare` reads what a run really writes."""

import pytest

from tests.started import ROWS, TRAINED
from tests.tools.compare.made import Client, served


@pytest.mark.slow(seconds=12)
def test_the_answers_of_a_run_are_compared(project):
    here = project({"recipe.yaml": TRAINED, "rows.jsonl": ROWS})
    here.run("run", "recipe.yaml", "--set", "trainer.sft.max_steps=3").assert_success()
    run = here.folder / "runs" / "recipe"
    said = {row["id"]: row["said"] for row in here.rows("runs/recipe/answers-tuned.jsonl")}
    with served(run) as (server, box, duels):
        assert (
            duels and {duel.question.id: duel.first.said for duel in duels.values()}.items() <= said.items()
        )
        client = Client(server.server_address[1]).join()
        page = client.next()
        assert page["task"]["lines"][-1]["text"].startswith("Say ")
        client.vote(page, "left2")
        assert len(box.votes()) == 1
    (run / "votes").mkdir()
    (run / "votes.sqlite").rename(run / "votes" / "base-tuned.sqlite")
    here.run("report", "runs/recipe").assert_success()
    assert "1 vote of 1 rater" in here.read("runs/recipe/report.html")
