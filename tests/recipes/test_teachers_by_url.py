"""The recipes that make data with a model behind a URL go from seeds to scores, with a stand-in behind it."""

import pytest

from tests.documents import ROOT
from tests.stand_in_teacher import stand_in

pytestmark = pytest.mark.slow(seconds=40)

FEW = ("--set", "evaluators=[perplexity, overlap: {limit: 2, max_new_tokens: 4}]")
OWN = {
    "self-instruct": ("--set", "generators.self_instruct.instructions=24"),
    "evol-instruct": ("--set", f"generators.evol_instruct.seeds={ROOT / 'recipes/data/quickstart-seeds.jsonl'}"),
}  # fmt: skip


@pytest.mark.parametrize("name", OWN)
def test_it_makes_rows_and_tunes_on_them(project, name):
    here = project(OPENAI_API_KEY="sk-of-the-stand-in")
    with stand_in() as server:
        own = (*OWN[name], "--set", f"teachers.writer.openai.url={server.url}")
        here.run("check", name, *own).assert_success()
        assert server.asked == []
        here.run("generate", name, *own).assert_success()
        asked, rows = len(server.asked), here.rows(f"generated/{name}/rows.jsonl")
        assert asked > 40 and len(rows) >= 24
        shorter = ("--set", "collator.padded.length=512")
        here.run("run", name, "--tiny", "--workers", "1", *own, *shorter, *FEW).assert_success()
        assert len(server.asked) == asked
    scores = here.json(f"runs/{name}-tiny/scores.json")
    assert scores["base"]["perplexity"]["value"] != scores["tuned"]["perplexity"]["value"]
    assert all(
        "sk-of-the-stand-in" not in path.read_text("utf-8", "replace")
        for path in here.folder.rglob("*.json*")
    )
