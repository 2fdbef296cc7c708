"""The same bytes, whoever was faster: at any concurrency, from one record or from a server."""

import random
import time

import pytest

from tests.generating import KEY, VARIABLE, answer, bad_server, files

pytestmark = pytest.mark.slow(seconds=5)

CHAIN = """\
  - tasks: {teacher: writer, seeds: seeds.jsonl, wanted: 30}
  - twist: {teacher: writer}
  - reply: {teacher: writer}
"""
MADE = "generated/recipe/rows.jsonl"


def dawdling(body):
    """An answer that comes late now and then, so that replies overtake each other."""
    time.sleep(random.choice([0, 0, 0, 0.002, 0.004, 0.03]))
    return answer(body)


@pytest.fixture(scope="module")
def server():
    with bad_server(dawdling) as one:
        yield one


@pytest.fixture(scope="module")
def one_at_a_time(server, tmp_path_factory):
    from pitchpipe.testing import Project

    here = Project(tmp_path_factory.mktemp("one"), {VARIABLE: KEY})
    here.write(files(server.url, CHAIN, concurrency=1)).run("generate", "recipe.yaml").assert_success()
    return here


@pytest.mark.parametrize("concurrency", [64, 256])
def test_at_any_concurrency(project, server, one_at_a_time, concurrency):
    here = project(files(server.url, CHAIN, concurrency=concurrency), **{VARIABLE: KEY})
    before = len(server.asked)
    here.run("generate", "recipe.yaml").assert_success()
    assert here.read(MADE) == one_at_a_time.read(MADE)
    alone = one_at_a_time.json("generated/recipe/made.json")["teachers"]["writer"]["requests"]
    assert len(server.asked) - before == alone  # nothing is drafted that is not needed
    sent = len(server.asked)
    for other in (1, 64, 256):  # from one record
        here.write(files(server.url, CHAIN, concurrency=other)).run(
            "generate", "recipe.yaml"
        ).assert_success()
        assert here.read(MADE) == one_at_a_time.read(MADE)
    assert len(server.asked) == sent


MANY = """
    async def draft(self, pool, ask):
        shown = ask.random.sample([*pool.seeds, *pool.made], 3)
        said = await ask("Draft like: " + " | ".join(one.messages[0].content for one in shown), max_tokens=16)
        for number in range(7):
            yield pp.made(instruction=f"{said.text}.{number % 5}")
"""


def test_drafts_of_many_candidates_are_worth_their_price(project, server):
    """Of 7 candidates 2 are the same as others, and one of five has no solution: 4 are left."""
    found = []
    for concurrency in (1, 32):
        drafts = CHAIN.partition("  - twist")[0]
        here = project(files(server.url, drafts, concurrency=concurrency), **{VARIABLE: KEY})
        plugin = here.read("pitchpipe_local.py")
        begin, end = plugin.index("    async def draft"), plugin.index("    def admission")
        folder = f"--set=generate.folder=at_{concurrency}"
        here.write({"pitchpipe_local.py": plugin[:begin] + MANY.lstrip("\n") + "\n" + plugin[end:]})
        before = len(server.asked)
        here.run("generate", "recipe.yaml", folder).assert_success()
        found.append(here.read(f"at_{concurrency}/rows.jsonl"))
        asked = sum("Draft" in str(body["messages"]) for body in server.asked[before:])
        assert asked <= 30 / 4 + 5
    assert found[0] == found[1]
    assert len(found[0].splitlines()) == 30
