"""The stage, the section and the command `card`, tested from outside: real files, real commands."""

import json
import re
from pathlib import Path

import pytest

from pitchpipe.testing import Project

HERE = Path(__file__).parent
ROWS = [{"instruction": "Say hello.", "output": "Hello!"}, {"instruction": "Say a | b.", "output": ""}]
RECIPE = """\
loaders:
  - files: {path: rows.jsonl, name: greetings}
filters:
  - length: {min_reply_chars: 1}
card:
  title: Friendly
  license: apache-2.0
  tags: [tiny, "a: b"]
"""


@pytest.fixture(scope="module", autouse=True)
def named():
    """Whatever other plugins are installed, this one is loaded and they are not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PITCHPIPE_PLUGINS", "card")
        yield


@pytest.fixture
def here(project):
    return project({"recipe.yaml": RECIPE, "rows.jsonl": ROWS})


def test_a_card_is_written(here):
    out = here.run("run", "recipe.yaml").assert_success().out
    assert "Model card  runs/recipe/card.md" in out
    card = here.read("runs/recipe/card.md")
    assert card.startswith('---\nlicense: "apache-2.0"\ntags: ["tiny", "a: b"]\n---\n\n# Friendly\n')
    assert "| source | read | kept | dropped | quarantined |" in card
    assert re.search(r"\| greetings \| 2 \| 1 \| [01] \| [01] \|", card)
    assert "| train | 1 | 0 | 0 |" in card and "This run has no trainer." in card
    assert "| pitchpipe | 0.1.0 |" in card
    (recipe,) = re.findall(r"```json\n(.*?)```", card, re.S)
    assert list(json.loads(recipe)) == ["loaders", "filters"]


def test_a_second_run_has_nothing_to_do(here):
    here.run("run", "recipe.yaml").assert_success()
    out = here.run("run", "recipe.yaml").assert_success().out
    assert "card: already done, nothing changed" in out and "Model card  runs/recipe/card.md" in out


def test_another_title_writes_only_the_card_again(here):
    here.run("run", "recipe.yaml").assert_success()
    out = here.run("run", "recipe.yaml", "--set", "card.title=Kind").assert_success().out
    assert "prepare: already done" in out and "card: again, because of title\n" in out
    assert "\n# Kind\n" in here.read("runs/recipe/card.md")


def test_other_rows_write_the_card_again(here):
    here.run("run", "recipe.yaml").assert_success()
    here.write({"rows.jsonl": [*ROWS, {"instruction": "Say bye.", "output": "Bye!"}]})
    out = here.run("run", "recipe.yaml").assert_success().out
    assert "card: again, because of rows, splits\n" in out


def test_a_lost_card_is_written_again(here):
    here.run("run", "recipe.yaml").assert_success()
    (here.folder / "runs/recipe/card.md").unlink()
    assert "what it made is gone" in here.run("run", "recipe.yaml").assert_success().out
    assert "# Friendly" in here.read("runs/recipe/card.md")


@pytest.mark.parametrize("section", ["", "card:\n", "card: {}\n"])
def test_no_section_no_card(here, section):
    here.write({"recipe.yaml": RECIPE[: RECIPE.index("card:")] + section})
    assert "card" not in here.run("run", "recipe.yaml").assert_success().out
    assert not (here.folder / "runs/recipe/card.md").exists()


def test_the_title_is_the_runs_name_where_none_is_given(here):
    here.write({"recipe.yaml": RECIPE.replace("  title: Friendly\n", "")})
    here.run("run", "recipe.yaml", "--name", "first").assert_success()
    assert "\n# first\n" in here.read("runs/first/card.md")


# --- Mistakes in the section ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("card", "said"),
    {
        "card: {titel: x}": "card.titel: no such option of this section. Did you mean 'title'?",
        "card: {title: 3}": "card.title: expected text, got 3.",
        "card: {tags: [a, 2]}": "card.tags: expected text, got 2.",
        "card: yes please": "card: expected options, `{name: value}`, got 'yes please'",
        "crad: {title: x}": "crad: no such section. Did you mean 'card'?",
    }.items(),
)
def test_a_mistake_is_told_with_its_line(here, card, said):
    recipe = RECIPE[: RECIPE.index("card:")]
    here.write({"recipe.yaml": recipe + card})
    line = recipe.count("\n") + 1
    here.run("check", "recipe.yaml").assert_failed(f"recipe.yaml:{line}: {said}")


# --- The command ----------------------------------------------------------------------------------


def test_the_command_prints_the_card(here):
    here.run("run", "recipe.yaml").assert_success()
    assert here.run("card", "runs/recipe").assert_success().out == here.read("runs/recipe/card.md")


def test_no_run_and_no_card_are_told(here):
    here.run("run", "recipe.yaml", "--until", "prepare").assert_success()
    here.run("card", "runs/recipe").assert_failed("runs/recipe has no card: write `card: {title: ...}`")
    here.run("card", "runs/reciep").assert_failed("runs/reciep is no run. Did you mean 'runs/recipe'?")
    here.run("crad", "runs/recipe").assert_failed("Did you mean 'card'?")


def test_help_lists_the_command_under_a_heading_of_its_own(project):
    own, _, others = project().run("--help").assert_success().out.partition("Commands of other plugins:")
    assert re.search(r"^  card +Print the model card of a run\.$", others, re.M) and "  card " not in own
    assert "RUN" in project().run("card", "--help").assert_success().out


# --- What pitchpipe knows of it -------------------------------------------------------------------


def test_pitchpipe_lists_the_stage_and_the_command(project):
    plugins = json.loads(project().run("plugins", "--json").assert_success().out)
    (card,) = (plugin for plugin in plugins if plugin["name"] == "card")
    assert card["offers"] == {"stage": ["card"], "command": ["card"]}
    assert (card["distribution"], card["error"]) == ("pitchpipe-card", None)


def test_the_schema_has_the_section(project):
    sections = json.loads(project().run("schema").assert_success().out)["properties"]
    options = sections["card"]["properties"]
    assert list(options) == ["title", "language", "license", "tags"]
    assert options["tags"]["items"] == {"type": "string"} and "description" in options["title"]


def test_a_blocked_plugin_takes_its_section_along(here):
    failed = here.run("check", "recipe.yaml", PITCHPIPE_BLOCK="card")
    failed.assert_failed("recipe.yaml:5: card: no such section.")


# --- Beside a trainer -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The example, run with evaluators too."""
    rows = [{"instruction": f"Repeat: {n}", "output": str(n)} for n in range(12)]
    recipe = (HERE / "recipe.yaml").read_text("utf-8")
    evaluated = recipe + "split: {train: 0.8, test: 0.2}\nevaluators: [perplexity]\n"
    here = Project(tmp_path_factory.mktemp("trained")).write({"recipe.yaml": evaluated, "data/a.jsonl": rows})
    return here, here.run("run", "recipe.yaml").assert_success().out


def test_the_card_comes_after_training(trained):
    here, out = trained
    stages = re.findall(r"^(prepare|train|card|evaluate \w+)$", out, re.M)
    assert sorted(stages) == ["card", "evaluate base", "evaluate tuned", "prepare", "train"]
    assert stages.index("prepare") < stages.index("train") < stages.index("card")
    card = here.read("runs/recipe/card.md")
    assert 'base_model: "tiny"' in card and "Base model `tiny`, template `alpaca_short`." in card
    assert "| steps | 5 |" in card and "| trl | " in card


def test_the_report_of_a_former_trainer_is_left_out(trained):
    here, _ = trained
    without = ("--set", "trainer=null", "--set", "adapter=null", "--until", "card")
    out = here.run("run", "recipe.yaml", *without).assert_success().out
    assert "card: again, because of recipe, training" in out
    assert "This run has no trainer." in here.read("runs/recipe/card.md")


def test_the_block_in_the_readme_works(project):
    (block,) = re.findall(r"```yaml\n(.*?)```", (HERE / "README.md").read_text("utf-8"), re.S)
    here = project({"readme.yaml": block, "data/a.jsonl": ROWS})
    here.run("run", "readme.yaml").assert_success()
    assert "# A tiny model" in here.run("card", "runs/readme").assert_success().out


def test_the_table_in_the_readme_names_every_option():
    from pitchpipe_card.section import CARD

    assert CARD.options is not None
    options = re.findall(r"^\| `(\w+)` \|", (HERE / "README.md").read_text("utf-8"), re.M)
    assert options == list(CARD.options.__dataclass_fields__)
