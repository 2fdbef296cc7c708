"""The format of a source is found, or the recipe must name it."""

RECIPE = """\
loaders:
  - files: {path: rows.jsonl}
filters:
  - exact_duplicates
"""
GOOD = {"instruction": "Say hello.", "output": "Hello!"}


def test_a_format_is_found_for_each_source_and_named_where_none_fits(project):
    recipe = "loaders:\n  - files: {path: a.jsonl}\n  - files: {path: b.jsonl, name: chats}\n"
    chat = {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}
    here = project({"recipe.yaml": recipe, "a.jsonl": [GOOD], "b.jsonl": [chat]})
    assert "chats" in here.run("prepare", "recipe.yaml").assert_success().out
    here.write({"b.jsonl": [{"ask": "Hi", "tell": "Hello"}]})
    here.run("prepare", "recipe.yaml").assert_failed(
        "recipe.yaml:3: no format fits the rows of 'chats', which hold ['ask', 'tell']. Write format: one of alpaca",
        "columns: {instruction: COLUMN, output: COLUMN}. `pitchpipe sniff` on the file proposes names",
    )
    here.write({"recipe.yaml": recipe.replace("chats", "chats, columns: {instruction: ask, output: tell}")})
    here.run("prepare", "recipe.yaml").assert_success()
    assert here.rows("runs/recipe/prepared/train.jsonl")[1]["messages"][0]["content"] == "Hi"


def test_two_formats_that_fit_are_an_error(project, install):
    code = """
import pitchpipe as pp
from pitchpipe_components.formats import Alpaca

@pp.hookimpl
def register_formats(register):
    register("lookalike", Alpaca)
"""
    install("twin", code)
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": [GOOD]})
    here.run("prepare", "recipe.yaml").assert_failed(
        "recipe.yaml:2: formats alpaca and lookalike both fit. Write format: alpaca"
    )
    here.write({"recipe.yaml": RECIPE.replace("rows.jsonl", "rows.jsonl, format: alpaca")})
    here.run("prepare", "recipe.yaml").assert_success()
