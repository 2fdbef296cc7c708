"""A recipe that generates, filters and evaluates asks a teacher where it says so, and nowhere else."""

import pytest

from pitchpipe.testing import Project
from tests.stand_in_teacher import stand_in

pytestmark = pytest.mark.slow(seconds=30)

SEEDS = [{"instruction": f"What is {a} plus {b}?"} for a in range(9) for b in (0, 3, 6, 9)]
RECIPE = """
teachers:
  writer: {{openai: {{url: "{url}", model: writer, concurrency: 4}}}}
  referee: {{openai: {{url: "{url}", model: referee, concurrency: 2}}}}
budget: {{requests: {requests}}}
generators:
  - answers: {{teacher: writer, seeds: seeds.jsonl}}
model: tiny
loaders:
  - generated
filters:
  - length: {{min_reply_chars: 1}}
split: {{train: 0.8, test: 0.2}}
template: alpaca_short
collator: {{padded: {{length: 64}}}}
evaluators:
  - perplexity
  - judge: {{teacher: referee, mode: single, limit: 4, max_new_tokens: 4}}
"""


@pytest.fixture(scope="module")
def server():
    with stand_in() as server:
        yield server


@pytest.fixture(scope="module")
def here(server, tmp_path_factory):
    recipe = RECIPE.format(url=server.url, requests=len(SEEDS) + 100)
    return Project(tmp_path_factory.mktemp("loop")).write({"recipe.yaml": recipe, "seeds.jsonl": SEEDS})


def asked(server, of=""):
    return sum(body["model"].startswith(of) for body in server.asked)


@pytest.fixture(scope="module")
def made(here, server):
    """The recipe, when its rows are there."""
    for command in ("peek", "prepare", "run"):
        here.run(command, "recipe.yaml").assert_failed("is not there yet: pitchpipe generate recipe.yaml")
    out = here.run("check", "recipe.yaml").assert_success().out
    assert "hint: recipe.yaml:10: loaders.generated: generated/recipe/rows.jsonl is not there yet" in out
    here.run("sniff", "recipe.yaml").assert_failed()
    here.run("tune", "runs/recipe", "length").assert_failed()
    assert asked(server) == 0
    here.run("generate", "recipe.yaml").assert_success()
    assert asked(server) == len(SEEDS)
    return here


@pytest.fixture(scope="module")
def done(made, server):
    """The recipe, when its model is judged."""
    before = asked(server, "writer")
    out = made.run("run", "recipe.yaml").assert_success().out
    assert asked(server, "writer") == before and asked(server, "referee") > 0
    assert f"generate has taken {len(SEEDS)} requests" in " ".join(out.split())
    return made


def test_what_was_asked_is_not_asked_again(made, server):
    before, rows = asked(server), made.folder.joinpath("generated/recipe/rows.jsonl").read_bytes()
    made.run("generate", "recipe.yaml").assert_success()
    assert asked(server) == before
    assert made.folder.joinpath("generated/recipe/rows.jsonl").read_bytes() == rows


def test_rows_of_an_older_recipe_are_told(made):
    assert "hint" not in made.run("check", "recipe.yaml").assert_success().out
    changed = (
        made.run("check", "recipe.yaml", "--set", "generators.answers.max_tokens=7").assert_success().out
    )
    assert (
        "made by an older recipe (generator answers's options). To make them anew: pitchpipe generate"
        in changed
    )
    seeds = made.folder / "seeds.jsonl"
    before = seeds.read_bytes()
    seeds.write_bytes(before + before.splitlines()[0] + b"\n")
    assert "(generator answers's seeds)" in made.run("check", "recipe.yaml").assert_success().out
    seeds.write_bytes(before)


def test_rows_of_another_recipe_need_no_generators_here(made, server):
    other = "loaders:\n  - generated: {folder: generated/recipe}\n"
    made.write({"other.yaml": other, "both.yaml": RECIPE.format(url=server.url, requests=1).replace(
        "  - generated\n", "  - generated: {folder: generated/recipe}\n")})  # fmt: skip
    for name in ("other", "both"):
        made.run("prepare", f"{name}.yaml").assert_success()
        assert len(made.rows(f"runs/{name}/prepared/train.jsonl")) > 0


def test_to_look_is_not_to_ask(done, server):
    before = asked(server)
    id = done.rows("generated/recipe/rows.jsonl")[0]["id"]
    done.run("check", "recipe.yaml").assert_success()
    done.run("prepare", "recipe.yaml").assert_success()
    done.run("peek", "recipe.yaml").assert_success()
    done.run("sniff", "generated/recipe/rows.jsonl").assert_success()
    done.run("tune", "runs/recipe", "length").assert_success()
    done.run("why", "runs/recipe", id).assert_success()
    done.run("report", "runs/recipe").assert_success()
    again = done.run("run", "recipe.yaml").assert_success().out
    assert "already done, nothing changed" in " ".join(again.split())
    assert asked(server) == before


def test_another_filter_asks_nobody(done, server):
    before = asked(server)
    stricter = ("--set", "filters.length.min_reply_chars=2", "--name", "stricter")
    done.run("prepare", "recipe.yaml", *stricter).assert_success()
    kept = {name: len(done.rows(f"runs/{name}/prepared/train.jsonl")) for name in ("recipe", "stricter")}
    assert 0 < kept["stricter"] < kept["recipe"]
    assert asked(server) == before


def test_a_family_is_on_one_side_of_a_split(done):
    groups = {row["id"]: row["group"] for row in done.rows("generated/recipe/rows.jsonl")}
    sides = {
        side: {groups[row["id"]] for row in done.rows(f"runs/recipe/prepared/{side}.jsonl")}
        for side in ("train", "test")
    }
    assert sides["train"] and sides["test"] and not sides["train"] & sides["test"]


def test_a_judge_gets_what_the_generators_have_left(project, server):
    before = asked(server)
    few = len(SEEDS) + 2
    here = project({"recipe.yaml": RECIPE.format(url=server.url, requests=few), "seeds.jsonl": SEEDS})
    here.run("generate", "recipe.yaml").assert_success()
    out = here.run("run", "recipe.yaml").out
    assert asked(server) - before == few
    assert "unsent" in out and f"generate has taken {len(SEEDS)} requests" in " ".join(out.split())
