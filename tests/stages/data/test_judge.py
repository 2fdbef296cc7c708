"""What filters may return, and what is said of one that crashes."""

RECIPE = """\
loaders:
  - files: {path: rows.jsonl}
filters:
  - exact_duplicates
"""
GOOD = {"instruction": "Say hello.", "output": "Hello!"}
LOCAL = """
import pitchpipe as pp

@pp.hookimpl
def register_filters(register):
    register("edit", edit)
    register("forget", forget)
    register("crash", crash)

@pp.hookimpl
def register_loaders(register):
    register("made_up", made_up)

def edit(conversation):
    said = [pp.replace(m, content=m.content + "!") for m in conversation.messages]
    return pp.replace(conversation, messages=tuple(said))

def forget(conversation):
    "Forgets to return anything."

def crash(conversation):
    return conversation.no_such_thing

def made_up(*, count: int = 2):
    for number in range(count):
        yield {"instruction": f"Say {number}.", "output": str(number)}
"""


def with_filter(project, name):
    recipe = f"loaders:\n  - made_up\nfilters:\n  - {name}\n"
    return project({"recipe.yaml": recipe, "pitchpipe_local.py": LOCAL})


def test_an_edit_is_noted(project):
    here = with_filter(project, "edit")
    here.run("prepare", "recipe.yaml").assert_success()
    assert [(line["fate"], line["stage"]) for line in here.rows("runs/recipe/ledger.jsonl")] == [
        ("changed", "filter edit")
    ] * 2
    first, _ = here.rows("runs/recipe/prepared/train.jsonl")
    assert first["messages"][1]["content"] == "0!" and first["source"] == {
        "dataset": "made_up",
        "line": 1,
    }


def test_a_filter_that_returns_nothing_is_an_error_naming_the_plugin(project):
    outcome = with_filter(project, "forget").run("prepare", "recipe.yaml")
    outcome.assert_failed(
        "filter 'forget' of plugin 'pitchpipe_local'",
        "returned None; it must return the conversation, pp.judged(...), pp.noted(...) or pp.drop(reason)",
    )
    assert "Traceback" not in outcome.err


def test_a_filter_that_crashes_shows_its_trace_its_plugin_and_the_row(project):
    with_filter(project, "crash").run("prepare", "recipe.yaml").assert_failed(
        "AttributeError", "in filter 'crash' of plugin 'pitchpipe_local'", "at made_up:1", code=1
    )


def test_a_filter_used_twice_is_told_apart(project):
    recipe = RECIPE.replace(
        "exact_duplicates",
        "length: {max_reply_chars: 9}\n  - filters:length: {max_reply_chars: 5}\n  - length: {max_reply_chars: 3}",
    )
    rows = [{"instruction": "Hi", "output": "x" * n} for n in (10, 6, 4, 1)]
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    stages = [line["stage"] for line in here.rows("runs/recipe/ledger.jsonl")]
    assert stages == ["filter length", "filter filters:length", "filter length#2"]


def test_a_drop_needs_a_reason_of_one_line(project):
    local = """
import pitchpipe as pp

@pp.hookimpl
def register_filters(register):
    register("mute", mute)
    register("wordy", wordy)

def mute(conversation):
    return pp.drop("")

def wordy(conversation):
    return pp.drop("two\\nlines", score=True)
"""
    here = project(
        {
            "recipe.yaml": "loaders:\n  - files: {path: rows.jsonl}\nfilters: [mute]\n",
            "rows.jsonl": [GOOD],
            "pitchpipe_local.py": local,
        }
    )
    here.run("prepare", "recipe.yaml").assert_failed(
        "pp.drop needs a reason", "in filter 'mute' of plugin 'pitchpipe_local'", code=1
    )
    here.run("prepare", "recipe.yaml", "--set", "filters=[wordy]").assert_failed(
        "nothing is kept: all 1 rows are lost. Most often: two lines (1)"
    )
    assert here.rows("runs/recipe/ledger.jsonl")[0]["reason"] == "two lines"
