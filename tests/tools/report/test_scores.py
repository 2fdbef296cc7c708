"""Scores on the page: the verdict first, what got worse as plain as what got better, groups, nothing stale."""

import json

from pitchpipe.host.scoring import Score
from pitchpipe_stages.evaluate.evaluated import BothModels
from pitchpipe_tools.report.scores.words import MINUS
from tests.tools.html.browser import Page
from tests.tools.report.evaluations import both, evaluated, made, reported

NONE = BothModels(Score(None, 40, better="lower"), Score(None, 40, better="lower"))


def page_of(project, found, **more):
    return Page(reported(project, made(project, found, **more)))


def after(page, start, end=""):
    found = page.text().partition(start)[2]
    return found.partition(end)[0] if end else found


def test_the_first_words_are_the_verdict_and_the_worse_stands_beside_the_better(here):
    found = evaluated(
        "Tuning helped <here>: b rose. It hurt a_b.", ["c"], ["a_b"],
        c=both(0.2, 0.8, "better"), a_b=both(0.5, 0.25, "worse"), d=both(0.4, 0.41, "unsure"),
    )  # fmt: skip
    page = page_of(here, found)
    words = after(page, "Repeat it", "Look at this first")
    assert words.startswith(" Verdict Tuning helped <here>: b rose. It hurt a_b.")
    assert "▼ Got worse: 1 a b 50.0% → 25.0% ▲ Got better: 1 c 20.0% → 80.0%" in words
    assert [value for name, value in page.attributes if name == "class" and value.startswith("verdict")] == [
        "verdict worse"
    ]


def test_where_nothing_is_sure_the_lists_say_so(here):
    page = page_of(here, evaluated("No better.", d=both(0.4, 0.41, "unsure")))
    assert "▼ Got worse: nothing that is sure ▲ Got better: nothing that is sure" in page.text()
    assert [value for name, value in page.attributes if value == "verdict unsure"]


def test_the_table_has_both_scores_their_intervals_and_the_difference_what_got_worse_first(here):
    found = evaluated("x", c=both(0.2, 0.8, "better"), a_b=both(0.5, 0.25, "worse", 1))
    table = after(page_of(here, found), "▲ better ▼ worse")
    difference = f"{MINUS}25.0 points ▼ worse {MINUS}30.0 to {MINUS}20.0"
    assert f"a b 1 item 50.0% 40.0 to 60.0 25.0% 15.0 to 35.0 {difference}" in table
    assert table.index("a b 1 item") < table.index("c 40 items 20.0%")


def test_drawings_say_what_they_show(here):
    page = page_of(here, evaluated("x", c=both(0.2, 0.8, "better")))
    said = [svg["aria-label"] for svg in page.elements("svg") if svg.get("class", "").startswith("whiskers")]
    assert said[0] == "base 0.2, between 0.1 and 0.3; tuned 0.8, between 0.7 and 0.9"
    assert said[1].startswith(f"tuned {MINUS} base 0.6, between 0.55 and 0.65")


def test_groups_unfold_by_kind_and_the_largest_loss_stands_first(here):
    groups = {
        "category: <b>": both(0.9, 0.8, "worse", 9),
        "category: far": both(0.9, 0.1, "worse", 9),
        "source: one": both(0.5, 0.6, "better", 30),
        "harmful": both(0.5, 0.5, "even", 3),
    }
    page = page_of(here, evaluated("x", groups={"c": groups}, c=both(0.2, 0.8, "better")))
    found = after(page, "By group Each score", "Data")
    assert "c ▼ 2 worse ▲ 1 better 4 groups" in found
    assert found.index("far 9 items") < found.index("<b> 9 items") < found.index("source 0% 50% 100%")
    assert f"group 0% 50% 100% base tuned tuned {MINUS} base harmful 3 items" in found
    worse, better = after(page, "Got worse", "Got better"), after(page, "Got better", "Scores")
    assert "c, category: far 90.0% → 10.0%" in worse
    assert "▲ Got better: 1 c 20.0% → 80.0%" in page.text() and "source" not in better  # c did on the whole


def test_many_scores_with_many_groups_are_a_page_of_a_bounded_size(here):
    scores = {f"score_{n}": both(0.5, 0.5 + n / 250, "better") for n in range(40)}
    groups = {name: {f"category: {n}": both(0.5, 0.4, "worse", 5) for n in range(60)} for name in scores}
    text = reported(here, made(here, evaluated("x", groups=groups, **scores)))
    assert len(text) < 3_000_000 and Page(text).errors == []
    assert "20 more groups are not shown: scores.json has all of them." in text
    assert "and 2,392 more, below" in Page(text).text()


def test_what_stands_in_the_training_data_is_shown_apart(here):
    found = evaluated("x", c=both(0.2, 0.8, "better"))
    found.contaminated, found.clean = {"c": both(0.9, 1.0, "better", 7)}, {"c": both(0.1, 0.7, "better", 33)}
    part = after(page_of(here, found), "Seen in training Items that stand")
    assert "c: in the training data 7 items 90.0%" in part and "c: all others 33 items 10.0%" in part


def test_no_number_is_said_and_breaks_nothing(here):
    page = page_of(here, evaluated("x", perplexity=NONE, c=both(0.2, 0.8, "better")))
    assert "perplexity of the base model is not a number" in after(page, "Look at this first", "Scores")
    assert "perplexity 40 items, lower is better not a number not a number" in page.text()
    assert page.errors == [] and page.open == []


def test_scores_of_one_model_are_a_page_too(here):
    alone = evaluated(c=BothModels(Score.share(3, 4)), ppl=BothModels(Score(7.5, 4, 1, 9e6, better="lower")))
    page = page_of(here, alone, stages=("base",))
    assert "Scores of the base model: c 75.0%, ppl 7.5." in page.text()
    assert "powers of ten" not in page.text()  # nothing is drawn to that scale
    assert "Got worse" not in page.text() and "score 0% 50% 100% base c 4 items 75.0%" in page.text()


def test_scores_of_an_earlier_model_are_not_shown(here):
    run = made(here, evaluated("Tuning helped.", c=both(0.2, 0.8, "better")))
    record = json.loads((run / "run.json").read_text())
    record["stages"]["evaluate tuned"]["done"] = False
    (run / "run.json").write_text(json.dumps(record))
    assert "Tuning helped." not in reported(here, run)
    record["stages"]["evaluate tuned"]["done"] = True
    (run / "run.json").write_text(json.dumps(record))
    assert "Tuning helped." in reported(here, run)
    recipe = json.loads((run / "recipe.json").read_text())
    del recipe["evaluators"]
    (run / "recipe.json").write_text(json.dumps(recipe))
    assert "Tuning helped." not in reported(here, run)
