"""Items that stand in the training data are found, however they are written, and frames of tasks are not."""

import json

import pytest

import pitchpipe as pp
from pitchpipe.run.directory import Run
from pitchpipe_components.duplicates import Decontaminate
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.evaluate.contamination import contaminated, find_contaminated
from pitchpipe_stages.evaluate.measures import Measure
from pitchpipe_tools.recipe_argument import load_recipe

FRAME = "Read the review below and say in one word whether the customer was happy:"
REVIEWS = [
    "The kettle broke within three days and nobody answered my letters about it",
    "A lovely lamp that lights the whole room and arrived before it was due",
    "Two of the four screws were missing so the shelf still leans on the wall",
    "My daughter wears the yellow coat every day and will not take it off",
    "The map shows streets that were built over long before I was born",
    "Bread from this oven tastes as it did in my grandmother's house by the sea",
]
DATA = "loaders:\n  - files: {path: rows.jsonl}\n  - files: {path: test.jsonl, side: test}\n"


def talk(asked, said):
    return pp.Conversation((pp.Message("user", asked), pp.Message("assistant", said)), id=asked[-40:])


@pytest.fixture
def run(project):
    """A run of which the data is prepared: the first three reviews are trained on."""
    rows = [{"instruction": f"{FRAME} {review}", "output": "no"} for review in REVIEWS[:3]]
    rows += [{"instruction": "Say hello.", "output": "Hello there my friend!"}]
    here = project(
        {"recipe.yaml": DATA, "rows.jsonl": rows, "test.jsonl": [{"instruction": "Hm?", "output": "?"}]}
    )
    here.run("prepare", "recipe.yaml").assert_success()
    recipe = load_recipe(str(here.folder / "recipe.yaml"), ())
    return Run(here.folder / "runs/recipe", recipe, RichConsole(quiet=True))


def found(run, conversations, measures=(), trained=True):
    find_contaminated(run, run.path if trained else None, conversations, measures)
    return contaminated(run.path)


def test_a_held_out_question_that_was_trained_on_is_found_in_other_capitals(run):
    seen = talk(f"{FRAME.upper()} {REVIEWS[1]}!", "yes")
    new = [talk(f"{FRAME} {review}.", "no") for review in REVIEWS[3:]]
    assert found(run, [*new, seen]) == {seen.id: "rows.jsonl:2"}
    assert found(run, [*new, seen], trained=False) == {}


def test_the_frame_of_a_task_is_no_contamination(run, project):
    """Half of the item stands in twelve rows: they are of its task. Where nearly all does, it is trained on."""
    asked = [talk(f"{FRAME} {' '.join(review.split()[:9])}", "no") for review in REVIEWS[3:5]]
    assert len(found(run, asked)) == 2  # three rows and two items make no frame
    rows = [{"instruction": f"{FRAME} {n} {REVIEWS[0]} {n}", "output": "no"} for n in range(12)]
    rows += [{"instruction": asked[1].messages[0].content, "output": "no"}] * 12
    here = project(
        {"other.yaml": DATA, "rows.jsonl": rows, "test.jsonl": [{"instruction": "Hm?", "output": "?"}]}
    )
    here.run("prepare", "other.yaml").assert_success()
    other = Run(here.folder / "runs/other", run.recipe, run.console)
    assert found(other, asked) == {asked[1].id: "rows.jsonl:13"}


def test_a_short_question_counts_with_its_reply_alone(run):
    same, other = talk("Say hello.", "Hello there, my friend."), talk("Say hello.", "Good morning to you all")
    assert found(run, [same]) == {same.id: "rows.jsonl:4"}
    assert found(run, [other]) == {} and found(run, [talk("Hm?", "?")]) == {}


def test_own_items_are_looked_for_too(run):
    own = {
        "a": pp.Item(f"{FRAME} {REVIEWS[0]}", expected="no"),
        "b": pp.Item("Name a river that flows north."),
    }
    measure = Measure.of("m", pp.Measured.shares({"a": 1, "b": 0}, own=own), "mine")
    assert found(run, [], [measure]) == {"a": "rows.jsonl:1"}


def test_words_without_spaces_between_them_are_words(tmp_path, run):
    asked = "\u8bf7\u544a\u8bc9\u6211\u957f\u6c5f\u4ece\u54ea\u91cc\u6d41\u5165\u5927\u6d77"
    (tmp_path / "items.jsonl").write_text(json.dumps({"asked": asked, "both": asked}) + "\n")
    search = Decontaminate({"items": tmp_path / "items.jsonl"}, ("asked", "both"), max_run=None)
    assert set(search.items_in(talk(asked, "x"))) == {(1, 1.0)} and not list(
        search.items_in(talk(asked[:6], "x"))
    )
    assert found(run, [talk(asked, "x")]) == {}
