"""What a recipe says of generators: mistakes with their lines, seeds of many kinds, teachers, a run that takes rows."""

import os
from textwrap import dedent

import pytest

from tests.generating import KEY, SEEDS, VARIABLE, answer, bad_server, files, recipe

REPLY = "  - reply: {teacher: writer, seeds: seeds.jsonl}\n"
ROWS, MADE = "generated/recipe/rows.jsonl", "generated/recipe/made.json"


@pytest.fixture(scope="module")
def server():
    with bad_server(answer) as one:
        yield one


@pytest.fixture
def here(project, server):
    server.asked.clear()
    return project(files(server.url, REPLY), **{VARIABLE: KEY})


def written(here, server, generators, **given):
    return here.write({"recipe.yaml": recipe(server.url, generators, **given)})


@pytest.mark.parametrize(("generators", "said"), [
    ("  - reply: {seeds: seeds.jsonl}\n", "recipe.yaml:4: generators.1.reply: generator 'reply' needs the option 'teacher'"),
    ("  - reply: {teacher: writerr, seeds: seeds.jsonl}\n", "recipe.yaml:4: generators.1.reply.teacher: no teacher 'writerr'. Did you mean 'writer'?"),
    ("  - reply: {teacher: writer}\n", "recipe.yaml:4: generators.1.reply: the first generator needs the option 'seeds'"),
    ("  - reply: {teacher: writer, seeds: sedes.jsonl}\n", "seeds.jsonl'?"),
    ("  - reply: {teacher: writer, seeds: seeds.jsonl, accept: [cuts]}\n", "accept: expected one of cut, other_model, got 'cuts'. Did you mean 'cut'?"),
    ("  - reply: {teacher: writer, seed: seeds.jsonl}\n", "no such option of generator 'reply'. Did you mean 'seeds'?"),
    ("  - replly: {teacher: writer, seeds: seeds.jsonl}\n", "Did you mean 'reply'?"),
])  # fmt: skip
def test_a_mistake_is_told_with_its_line(here, server, generators, said):
    written(here, server, generators).run("check", "recipe.yaml").assert_failed(said)
    written(here, server, generators).run("generate", "recipe.yaml").assert_failed(said)
    assert server.asked == [] and not (here.folder / "generated").exists()


def test_what_stays_without_a_reply_is_told(here, server):
    outcome = written(here, server, "  - evol_instruct: {teacher: writer, seeds: seeds.jsonl}\n").run(
        "check", "recipe.yaml"
    )
    said = outcome.assert_success().out + outcome.err
    assert "recipe.yaml:4" in said and "add behind it - answers: {teacher: writer}" in said


def test_seeds_of_a_folder_each_once_and_with_what_they_are(here, server):
    here.write({
        "pile/a.jsonl": [{"instruction": "One", "category": "first", "output": "told"}, {"instruction": "Two"}],
        "pile/b.csv": "instruction,input\nThree,with words\nThree,with words\n",
        "pile/c.jsonl": ["not a row"],
    })  # fmt: skip
    done = written(
        here, server, "  - twist: {teacher: writer, seeds: pile}\n  - reply: {teacher: writer}\n"
    ).run("generate", "recipe.yaml")
    done.assert_success()
    said = done.out + done.err
    assert "1 rows of pile cannot be read" in said and "1 rows of pile come again" in said
    sources = here.rows("generated/recipe/sources.jsonl")
    seeds = [line for line in sources if "made" not in line]
    assert [seed["messages"][0]["content"] for seed in seeds] == ["One", "Two", "Three"]
    assert seeds[0]["category"] == "first" and seeds[0]["messages"][1]["content"] == "told"
    assert len(here.rows(ROWS)) == 3


def test_a_row_that_says_again_what_a_seed_says_is_dropped(here, server):
    plugin = (
        here.read("pitchpipe_local.py")
        + """

async def again(source, ask):
    await ask("again")
    yield pp.made(messages=source.messages)
"""
    )
    here.write(
        {
            "pitchpipe_local.py": plugin.replace(
                'register("reply", reply)', 'register("reply", reply); register("again", again)'
            )
        }
    )
    again = written(here, server, "  - again: {teacher: writer, seeds: seeds.jsonl}\n")
    assert again.run("generate", "recipe.yaml").code == 1
    assert here.rows(ROWS) == []
    assert [line["reason"].partition(":")[0] for line in here.rows("generated/recipe/ledger.jsonl")] == [
        "the same as another"
    ] * 8
    assert len(server.asked) == 1  # the same question of all


def test_two_generators_of_one_name_and_two_teachers(here, server):
    two = REPLY + "  - twist: {teacher: other, seeds: seeds.jsonl}\n  - reply: {teacher: other}\n"
    text = recipe(server.url, two)
    other = f"  other: {{openai: {{url: '{server.url}', model: coach, key: {VARIABLE}}}}}\n"
    here.write({"recipe.yaml": text.replace("generators:", other + "generators:")})
    here.run("generate", "recipe.yaml").assert_success()
    rows = here.rows(ROWS)
    assert [row["made"]["generator"] for row in rows] == ["reply"] * 8 + ["reply#2"] * 8
    assert {(row["made"]["teacher"], row["made"]["answered_model"]) for row in rows} == {
        ("writer", "tutor"),
        ("other", "coach"),
    }
    assert {name: one["requests"] for name, one in here.json(MADE)["teachers"].items()} == {
        "writer": 8,
        "other": 16,
    }


def test_offline_reads_where_nothing_can_be_written_and_tells_what_is_missing(here, server):
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_stages.generate.making.making import Making
    from pitchpipe_tools.recipe_argument import load_recipe

    def rehearsed(name):
        making = Making(load_recipe(name, ()), RichConsole(quiet=True))
        return making.rehearse(), making

    here.run("generate", "recipe.yaml").assert_success()
    sent = len(server.asked)
    folder = here.folder / "generated" / "recipe"
    before = {file.name for file in folder.iterdir()}
    folder.chmod(0o555)
    cwd = os.getcwd()
    os.chdir(here.folder)
    try:
        made, making = rehearsed("recipe.yaml")
        assert made.finished and made.rows == 8
        more = REPLY + "  - twist: {teacher: writer, seeds: seeds.jsonl}\n"
        written(here, server, more)
        made, making = rehearsed("recipe.yaml")
        assert not made.finished and "8 questions were not sent" in made.problem
        missing = [one for _, finished in making.parts[1].done for one in finished.questions]
        assert all(one.end == "unsent" and one.length > 10 and one.max_tokens == 16 for one in missing)
        here.write({"new.yaml": here.read("recipe.yaml")})
        assert rehearsed("new.yaml")[0].rows == 0 and not (here.folder / "generated" / "new").exists()
    finally:
        os.chdir(cwd)
        folder.chmod(0o755)
    assert len(server.asked) == sent and {file.name for file in folder.iterdir()} == before


def test_the_folder_of_another_recipe_is_left_alone(here, server):
    here.run("generate", "recipe.yaml").assert_success()
    here.write({"elsewhere/recipe.yaml": here.read("recipe.yaml"), "elsewhere/seeds.jsonl": SEEDS[:1]})
    here.write({"elsewhere/pitchpipe_local.py": here.read("pitchpipe_local.py")})
    before = here.read(ROWS)
    here.run("generate", "elsewhere/recipe.yaml").assert_failed(
        "holds what", "--set generate.folder=generated/elsewhere-recipe"
    )
    assert here.read(ROWS) == before


@pytest.mark.slow(seconds=4)
def test_a_run_says_whose_rows_it_takes_and_what_changed_since(here, server):
    here.run("generate", "recipe.yaml").assert_success()
    sent = len(server.asked)
    said = here.run("run", "recipe.yaml").assert_success().out
    assert "8 rows of reply, $0.00016" in said and "since these were made" not in said
    written(here, server, "  - reply: {teacher: writer, seeds: seeds.jsonl, temperature: 0.1}\n")
    said = here.run("run", "recipe.yaml").assert_success().out
    assert (
        "since these were made, generator reply's options changed: pitchpipe generate recipe.yaml"
        in " ".join(said.split())
    )
    assert len(server.asked) == sent


def test_options_may_decide_what_a_teacher_must_be_able_to(project):
    plugin = """
        import pitchpipe as pp


        @pp.hookimpl
        def register_teachers(register):
            register("mute", Mute)


        class Mute:
            model, can = "m", frozenset()

            async def __call__(self, ask): ...
    """
    recipe = (
        "teachers: {writer: {mute: {}}}\n"
        "generators: [self_instruct: {teacher: writer, seeds: seeds.jsonl, like: paper, mode: MODE}]\n"
        "loaders: [generated]\n"
    )
    here = project({"seeds.jsonl": [{"instruction": "Say one.", "output": "One."}]})
    here.write({"pitchpipe_local.py": dedent(plugin), "raw.yaml": recipe.replace("MODE", "raw")})
    here.write({"text.yaml": recipe.replace("MODE", "text")})
    here.run("check", "text.yaml").assert_success()
    here.run("check", "raw.yaml").assert_failed("teacher: this needs a teacher that can raw, and mute cannot")
