"""`pitchpipe generate`: what it says before, during and after, what it sends, and how it ends."""

from importlib.util import find_spec

import pytest

from tests.asked_teachers import VARIABLE
from tests.bad_server import KEY, READ, WRITTEN, bad_server

RECIPE = """\
teachers:
  writer:
    openai: {{url: "{url}", model: tutor, key: {variable}, timeout: 5, dollars_per_million: {{input: 100, output: 1000}}}}
budget: {{dollars: 5}}
generators:
  - answers: {{teacher: writer, seeds: seeds.jsonl, max_tokens: 64}}
loaders: [generated]
filters: [{{length: {{min_reply_chars: {least}}}}}]
"""
PRICE = (READ * 100 + WRITTEN * 1000) / 1e6  # of a reply
ROWS = "generated/recipe/rows.jsonl"


@pytest.fixture(scope="module")
def server():
    with bad_server() as server:
        yield server


@pytest.fixture
def here(project, server):
    """A recipe with 12 questions."""
    server.asked.clear(), server.seen.clear()
    here = project({"seeds.jsonl": [{"instruction": f"Say {n}."} for n in range(12)]}, **{VARIABLE: KEY})
    return written(here, server)


def written(here, server, least=1, more=""):
    return here.write({"recipe.yaml": RECIPE.format(url=server.url, variable=VARIABLE, least=least) + more})


def generate(here, *options):
    return here.run("generate", "recipe.yaml", *options)


def spaced(text):
    return " ".join(text.split())


# --- Before ------------------------------------------------------------------------------------------


def test_a_plan_sends_nothing_needs_no_key_and_leaves_no_trace(here, server, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    here.environment.pop(VARIABLE)
    said = generate(here, "--plan").assert_success().out
    assert "12" in said and "spent: $0 of $5" in said
    assert not server.asked
    assert sorted(file.name for file in here.folder.iterdir()) == ["recipe.yaml", "seeds.jsonl"]


def test_what_is_on_record_prices_the_rest(here, server):
    generate(here, "--set", "budget.requests=7").assert_failed(code=1)
    said = spaced(generate(here, "--plan").assert_success().out)
    assert "answers 7 5 53 25 $0.03 measured" in said  # words of two digits are a little longer
    assert len(server.asked) == 7


def test_a_changed_question_says_first_how_many_are_new_and_what_they_cost(here, server):
    generate(here).assert_success()
    here.write({"seeds.jsonl": [{"instruction": f"Say {n}!" if n < 3 else f"Say {n}."} for n in range(12)]})
    said = generate(here).assert_success().out
    assert said.startswith(
        f"9 replies on record, 3 to ask for ${3 * PRICE:.2g}; spent: ${12 * PRICE:.2g} of $5"
    )
    assert len(server.asked) == 15


def test_a_changed_filter_sends_nothing(here, server):
    generate(here).assert_success()
    written(here, server, least=3)
    assert generate(here).assert_success().out.startswith("12 replies on record, nothing is new")
    assert len(server.asked) == 12


# --- A pilot -----------------------------------------------------------------------------------------


def test_a_pilot_asks_a_few_and_they_are_not_paid_again(here, server):
    said = spaced(generate(here, "--pilot", "5").assert_success().out)
    assert len(server.asked) == 5
    assert f"answers 5 5 100 % 57 to 100 % 15 ${PRICE:.2g}" in said
    assert f"answers 12 {12 * (READ + WRITTEN)} 12 ${12 * PRICE:.2g} ${PRICE:.2g}" in said
    assert "kept Say" in said
    assert len(here.rows("generated/recipe/pilot.jsonl")) == 5 and not (here.folder / ROWS).exists()
    generate(here).assert_success()
    assert len(server.asked) == 12


def test_a_pilot_that_the_budget_ends_says_so(here, server):
    outcome = generate(here, "--pilot", "5", "--set", "budget.requests=3").assert_failed(code=1)
    assert "smaller than it should be" in outcome.out and "the budget is spent" in outcome.out
    assert len(server.asked) == 3


def test_a_pilot_leaves_the_rows_of_a_finished_run(here):
    generate(here).assert_success()
    before = here.read(ROWS)
    generate(here, "--pilot", "3").assert_success()
    assert here.read(ROWS) == before


def test_a_pilot_shows_what_is_refused_and_why(here, server):
    here.write(
        {"seeds.jsonl": [{"instruction": f"mode:length {n}"} for n in range(4)] + [{"instruction": "Hi."}]}
    )
    said = spaced(generate(here, "--pilot", "5").assert_success().out)
    assert "answers" in said and "kept Hi." in said


# --- Offline -----------------------------------------------------------------------------------------


def test_offline_makes_what_the_record_gives(here, server):
    generate(here).assert_success()
    before = here.read(ROWS)
    (here.folder / ROWS).unlink()
    generate(here, "--offline").assert_success()
    assert here.read(ROWS) == before and len(server.asked) == 12


def test_offline_tells_what_is_missing(here, server):
    generate(here, "--set", "budget.requests=4").assert_failed(code=1)
    outcome = generate(here, "--offline").assert_failed(code=1)
    assert "8 questions were not sent" in outcome.out and "Without --offline" in outcome.out
    assert len(here.rows(ROWS)) == 4 and len(server.asked) == 4


def test_offline_does_not_replace_rows_by_fewer(here, server):
    generate(here).assert_success()
    before = here.read(ROWS)
    generate(here, "--offline", "--set", "generators.answers.max_tokens=65").assert_failed(
        "12 rows, and", "gives 0"
    )
    assert here.read(ROWS) == before and len(server.asked) == 12


def test_offline_in_a_folder_where_nothing_can_be_written_looks_whether_the_rows_are_the_same(
    here, monkeypatch
):
    generate(here).assert_success()
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write anywhere
    generate(here, "--offline").assert_success()
    with open(here.folder / ROWS, "a") as rows:
        rows.write("\n")
    generate(here, "--offline").assert_failed("cannot be written")


# --- How it ends -------------------------------------------------------------------------------------


def test_the_last_words_say_where_it_is_what_it_cost_and_what_comes_next(here):
    said = generate(here).assert_success().out
    assert f"teacher writer: ${12 * PRICE:.2g}, 12 requests, {12 * (READ + WRITTEN)} tokens" in said
    assert "12 rows: generated/recipe/rows.jsonl" in said and "generated/recipe/ledger.jsonl" in said
    assert "next: pitchpipe run recipe.yaml" in said


def test_a_recipe_may_make_rows_that_others_read(here):
    recipe = here.read("recipe.yaml").partition("loaders:")[0]
    here.write({"recipe.yaml": recipe, "other.yaml": "loaders: [generated: {folder: generated/recipe}]\n"})
    said = generate(here).assert_success().out
    assert "next: a recipe that reads them: loaders: [generated: {folder: generated/recipe}]" in said
    assert here.run("prepare", "other.yaml").assert_success().out.count("12") >= 2


def test_a_budget_that_is_spent_says_so_and_a_larger_one_goes_on(here, server):
    outcome = generate(here, "--set", "budget.requests=7").assert_failed(code=1)
    assert (
        "5 questions were not sent: the budget is spent" in outcome.out and "larger `budget`" in outcome.out
    )
    generate(here).assert_success()
    assert len(server.asked) == 12 and len(here.rows(ROWS)) == 12


def test_questions_without_a_reply_are_asked_again_by_the_same_command(here, server, monkeypatch):
    monkeypatch.setattr("pitchpipe_stages.generate.requests.sender.TRIES", 1)
    here.write({"seeds.jsonl": [{"instruction": word} for word in ("mode:500_once", "Hi.")]})
    outcome = generate(here).assert_failed(code=1)
    assert "1 question got no reply" in outcome.out and "asks them again" in outcome.out
    assert "1 to ask" in generate(here).assert_success().out
    assert len(here.rows(ROWS)) == 2 and len(server.asked) == 3


def test_nothing_but_refused_replies_is_no_success(here):
    here.write({"seeds.jsonl": [{"instruction": f"mode:length {n}"} for n in range(3)]})
    outcome = generate(here).assert_failed(code=1)
    assert "answers, refused most: cut" in outcome.out and "no row was made" in outcome.out
    assert "3 replies cut at max_tokens: `accept: [cut]` of" in outcome.out


def test_seeds_that_are_not_there_are_told_with_those_that_are(here):
    generate(here, "--set", "generators.answers.seeds=seed.jsonl").assert_failed(
        "seed.jsonl", "'seeds.jsonl'"
    )


def test_what_is_odd_about_seeds_is_told_once(here):
    here.write({"seeds.jsonl": [{"instruction": "Hi."}, {"instruction": "Hi."}]})
    assert generate(here).assert_success().out.count("come again") == 1


def test_a_run_says_in_a_line_what_was_generated(here, server):
    written(here, server, more="model: tiny\ntemplate: chatml\n")
    generate(here).assert_success()
    said = here.run("prepare", "recipe.yaml").assert_success().out
    assert f"12 rows of answers, ${12 * PRICE:.2g}" in said and len(server.asked) == 12


def test_a_key_that_is_not_set_is_told_before_anything_is_sent(here, server):
    here.environment.pop(VARIABLE)
    generate(here).assert_failed(f"export {VARIABLE}=...")
    assert not server.asked and not (here.folder / "generated").exists()


def test_a_package_that_is_missing_is_told_before_anything_is_sent(here, server, monkeypatch):
    monkeypatch.setattr(
        "pitchpipe.host.plugin.find_spec", lambda name: None if name == "aiohttp" else find_spec(name)
    )
    generate(here).assert_failed("needs aiohttp", "pip install 'pitchpipe[generate]'")
    assert not server.asked
    generate(here, "--plan").assert_success()


def test_a_recipe_that_makes_nothing_says_what_to_add(here):
    here.write({"recipe.yaml": "model: tiny\ntemplate: chatml\nloaders: [{files: {path: seeds.jsonl}}]\n"})
    generate(here).assert_failed("this recipe makes nothing", "generators:")


def test_the_folder_of_another_recipe_is_left_alone(here, server):
    generate(here).assert_success()
    (here.folder / "sub").mkdir()
    (here.folder / "sub" / "recipe.yaml").write_text(
        here.read("recipe.yaml").replace("seeds.j", "../seeds.j")
    )
    here.run("generate", "sub/recipe.yaml").assert_failed("holds what", "generate.folder")
    assert len(server.asked) == 12


def test_the_next_command_has_what_was_set(here):
    outcome = generate(here, "--set", "generate.folder=made here").assert_success()
    assert "next: pitchpipe run recipe.yaml --set 'generate.folder=made here'" in outcome.out
    assert (here.folder / "made here" / "rows.jsonl").exists()


def test_ways_to_work_exclude_each_other(here):
    generate(here, "--plan", "--offline").assert_failed("exclude each other")


@pytest.mark.parametrize("columns", ["60", "80", "200"])
def test_no_name_and_no_number_is_cut_at_any_width(here, columns):
    for options in (["--plan"], ["--pilot", "5"], []):
        said = here.run("generate", "recipe.yaml", *options, COLUMNS=columns).assert_success().out
        assert " answers" in said and "…" not in said
