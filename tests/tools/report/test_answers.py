"""Answers on the page: both models side by side, the worst first, some of many, nothing of them is markup."""

import json
import re

from pitchpipe_tools.report.answers.asked import AskedBoth, ModelAnswer, read_asked
from pitchpipe_tools.report.answers.choose import SHOWN, ItemScore, change, chosen
from tests.tools.html.browser import Page
from tests.tools.report.evaluations import answer, both, evaluated, made, own, reported
from tests.tools.report.hostile import HOSTILE

EXACT, LOSS = ItemScore("exact", "higher", True), ItemScore("loss", "lower", False)
FOUND = evaluated("x", exact=both(0.5, 0.25, "worse"))


def asked(id, base, tuned, group="", **scores):
    said = {"base": ModelAnswer(f"{id} base"), "tuned": ModelAnswer(f"{id} tuned")}
    return AskedBoth(
        id, "set", group, "?", "!", said, scores={"exact": {"base": base, "tuned": tuned}} | scores
    )


def cards(page):
    return [dict(attributes) for tag, attributes in page.all if tag == "article"]


def test_both_answers_stand_beside_what_was_expected_and_the_worst_first(here):
    base = [answer("a", "yes", exact=1.0), answer("b", "no", exact=0.0), answer("c", "yes", exact=1.0)]
    tuned = [answer("a", "yes", exact=1.0), answer("b", "yes", exact=1.0), answer("c", "no", exact=0.0)]
    tuned[2]["ended"] = False
    page = Page(reported(here, made(here, FOUND, {"base": base, "tuned": tuned})))
    assert [card["data-way"] for card in cards(page)] == ["worse", "same", "better"]
    words = (
        "▼ worse exact 1 → 0 asked question c expected yes base yes tuned … does not end by itself no"
        " = the same exact 1 asked question a"
    )
    assert words in page.text()
    assert "Of 3 answers 1 got worse, 1 got better, 1 are the same, by exact." in page.text()
    assert json.loads(cards(page)[0]["data-scores"]) == [[1.0, 0.0]]


def test_what_a_model_says_is_text(here):
    base = [answer(HOSTILE, HOSTILE, HOSTILE, HOSTILE, exact=1.0)]
    measures = {"base": [own(HOSTILE, "own", {HOSTILE: True}, HOSTILE, HOSTILE)]}
    text = reported(here, made(here, FOUND, {"base": base, "tuned": base}, measures))
    page = Page(text)
    assert page.errors == [] and page.tags["script"] == 1 and "img" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert page.text().count("</details></style></title>") >= 5
    assert text.count("</script>") == 1


def test_questions_that_evaluators_bring_are_shown_with_their_group(here):
    measures = {
        "base": [own("safety", "refusals", {"q": False})],
        "tuned": [own("safety", "refusals", {"q": True}, "No.")],
    }
    found = evaluated("x", refusals=both(0.0, 1.0, "better"))
    page = Page(reported(here, made(here, found, measures=measures)))
    assert "due ▲ better refusals 0 → 1 asked own question q base Sure. tuned No." in page.text()


def test_a_model_that_does_not_end_its_replies_is_said_first(here):
    lines = [answer(str(n), "no", ended=n == 0, exact=0.0) for n in range(4)]
    words = Page(reported(here, made(here, FOUND, {"base": lines, "tuned": lines}))).text()
    said = "Look at this first The tuned model does not end its replies: 3 of 4 had to be cut."
    assert said in words and words.index(said) < words.index("Scores A whisker")
    fine = [line | {"ended": True} for line in lines]
    assert "does not end its replies" not in reported(here, made(here, FOUND, {"base": lines, "tuned": fine}))


def test_a_judge_is_quoted_each_order_apart(here):
    base = [answer("a", "yes", exact=1.0)]
    run = made(here, FOUND, {"base": base, "tuned": base})
    verdicts = [
        {
            "id": "a",
            "prompt": "",
            "A": "tuned",
            "B": "base",
            "verdict": "tuned",
            "reason": "A is <b>kind</b>.",
        },
        {"id": "a", "prompt": "", "A": "base", "B": "tuned", "verdict": None, "problem": "cut off"},
        {"id": "a", "prompt": "", "reply": "tuned", "verdict": 7.0, "reason": "fine"},
    ]
    (run / "judged-tuned.jsonl").write_text("".join(json.dumps(line) + "\n" for line in verdicts))
    text = Page(reported(here, run)).text()
    assert (
        "prefers tuned (A is tuned, B is base): A is <b>kind</b>. no verdict (A is base, B is tuned): cut off"
        in text
    )
    assert "7 (tuned): fine" in text


def test_the_turns_before_a_question_and_its_category_come_from_the_held_out_data(here):
    run = here.folder / "runs/recipe"
    (line, *_) = (run / "prepared/test.jsonl").read_text().splitlines()
    held_out = json.loads(line)
    found = read_asked(made(here, FOUND, {"base": [answer(held_out["id"], "yes", exact=1.0)]}))
    assert (found[0].group, found[0].before) == (held_out["category"], [])


def test_a_share_decides_what_got_better_and_equal_answers_did_not_change():
    assert change(asked("a", 0.0, 1.0, loss={"base": 1.0, "tuned": 9.0}), [LOSS, EXACT]) == "better"
    assert change(asked("a", 0.0, 0.0, loss={"base": 9.0, "tuned": 1.0}), [LOSS, EXACT]) == "changed"
    assert change(asked("a", 0.0, 0.0, loss={"base": 9.0, "tuned": 1.0}), [LOSS]) == "better"
    same = asked("a", 0.0, 1.0)
    same.said["tuned"] = same.said["base"]
    assert change(same, [EXACT]) == "same"


def test_of_many_the_worst_the_best_and_each_group_are_shown_the_same_each_time():
    many = [asked(str(n), 0.5, 0.5 + (n - 2500) / 9999, f"group {n % 50}") for n in range(5000)]
    shown = chosen(many, [EXACT])
    assert len(shown) == SHOWN and shown == chosen(many[::-1], [EXACT])
    gains = [EXACT.gain(one) for one in shown]
    assert gains == sorted(gains)
    assert {"0", "1", "2", "4999", "4998"} <= {one.id for one in shown}
    assert len({one.group for one in shown}) == 50


def test_thousands_of_long_answers_are_a_page_of_a_few_megabytes(here):
    long = "word <b>& " * 400
    lines = [answer(str(n), f"{n} {long}", long, long, exact=n % 2) for n in range(2000)]
    text = reported(here, made(here, FOUND, {"base": lines, "tuned": lines}))
    assert len(text) < 5_000_000
    assert f"Of 2,000 questions {SHOWN} are shown" in text and "more characters" in text
    assert len(re.findall("<article", text)) == SHOWN
