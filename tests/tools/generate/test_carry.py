"""What was asked goes out as lines and comes in elsewhere, where nobody is asked again."""

import gzip
import subprocess
import sys

import pytest

from tests.asked_teachers import VARIABLE
from tests.bad_server import KEY, bad_server

SEEDS = [{"instruction": f"Say {n} \u2028 {{x}}."} for n in range(6)]
RECIPE = """\
teachers:
  writer: {{openai: {{url: {url}, model: tutor, key: PITCHPIPE_TEST_KEY, timeout: 5}}}}
generators:
  - answers: {{teacher: writer, seeds: seeds.jsonl}}
loaders: [generated]
"""


@pytest.fixture
def made(project):
    """A folder where something was made, and the server that was asked."""
    with bad_server() as server:
        here = project(
            {"recipe.yaml": RECIPE.format(url=server.url), "seeds.jsonl": SEEDS}, **{VARIABLE: KEY}
        )
        here.run("generate", "recipe.yaml").assert_success()
        yield here, server


def rows(here):
    return (here.folder / "generated" / "recipe" / "rows.jsonl").read_bytes()


def forget(here):
    (here.folder / "generated").rename(here.folder / "before")


@pytest.mark.parametrize("file", ["asks.jsonl", "asks.jsonl.gz"])
def test_out_and_in_again_gives_the_same_rows_and_asks_nobody(made, file):
    here, server = made
    before, sent = rows(here), len(server.asked)
    assert sent == len(SEEDS)
    out = here.run("generate", "export", "recipe.yaml", file).assert_success()
    assert out.err == f"6 questions of generated/recipe/asks.sqlite written to {file}\n"
    forget(here)
    taken = here.run("generate", "import", "recipe.yaml", file).assert_success()
    assert taken.err == "6 questions taken into generated/recipe/asks.sqlite\n"
    here.run("generate", "recipe.yaml", "--offline").assert_success()
    assert rows(here) == before
    here.run("generate", "recipe.yaml").assert_success()
    assert rows(here) == before
    assert len(server.asked) == sent
    content = (here.folder / file).read_bytes()
    assert KEY.encode() not in (gzip.decompress(content) if file.endswith(".gz") else content)


def test_streams_carry_it_too(made):
    here, _ = made
    one = f"{sys.executable} -m pitchpipe generate"
    pipe = f"{one} export generated/recipe - | {one} import recipe.yaml -"
    done = subprocess.run(pipe, shell=True, cwd=here.folder, capture_output=True, text=True)
    assert "6 questions of generated/recipe/asks.sqlite written to -" in done.stderr
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.endswith("0 questions taken into generated/recipe/asks.sqlite; 6 were there already\n")


def test_a_wrong_file_is_named_with_its_line_and_leaves_nothing(made):
    here, _ = made
    forget(here)
    here.run("generate", "export", "recipe.yaml", "x.jsonl").assert_failed(
        "pitchpipe generate recipe.yaml asks"
    )
    here.run("generate", "import", "recipe.yaml", "x.jsonl").assert_failed("x.jsonl: No such file")
    here.write({"x.jsonl": '{"key": "abc"}\n'})
    here.run("generate", "import", "recipe.yaml", "x.jsonl").assert_failed("x.jsonl:1: no line of a record")
    here.run("generate", "import", "recipe.yaml", "before/recipe/asks.sqlite").assert_failed(
        "is a record itself"
    )
    here.write({"x.jsonl.gz": "no gzip"})
    here.run("generate", "import", "recipe.yaml", "x.jsonl.gz").assert_failed("x.jsonl.gz: it is not gzip")
    here.run("generate", "export", "before/recipe", "x.jsonl.zst").assert_failed("a name ends with .gz")
    here.run("generate", "export", "before/recipe", "no/x.jsonl").assert_failed("there is no folder no")
    assert not (here.folder / "generated" / "recipe" / "rows.jsonl").exists()


def test_what_is_there_is_not_replaced_unasked_and_a_slip_is_understood(made):
    here, _ = made
    before = here.read("recipe.yaml")
    here.run("generate", "export", "generated/recipe", "recipe.yaml").assert_failed("--force replaces it")
    assert here.read("recipe.yaml") == before
    here.run("generate", "exprot", "recipe.yaml", "x.jsonl").assert_failed("Did you mean 'generate export'?")
    here.run("generate").assert_failed("Missing argument 'RECIPE'")
    here.write({"x.jsonl": "old"}).run(
        "generate", "export", "recipe.yaml", "x.jsonl", "--force"
    ).assert_success()
    assert here.read("x.jsonl").count("\n") == 6


def test_a_recipe_of_that_name_is_reached_by_its_path(made):
    here, _ = made
    (here.folder / "recipe.yaml").rename(here.folder / "export")
    here.run("generate", "export").assert_failed("Missing argument 'RECIPE'")
    here.run("generate", "./export").assert_success()
