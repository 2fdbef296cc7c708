"""What a model will be asked is found in the training data, on both sides of each bound."""
# ruff: noqa: RUF001

import json
import pickle
import warnings
from random import Random

import pytest

import pitchpipe as pp
from pitchpipe.host.options import options_of
from pitchpipe_components.duplicates import Decontaminate

WORDS = ["".join(Random(n).choices("abcdefghijklmnopqrstuvwxyz", k=3 + n % 7)) for n in range(3000)]


def text(random, words):
    return " ".join(random.sample(WORDS, words))


def talk(prompt, reply="Yes.", context=""):
    return pp.Conversation((pp.Message("user", prompt, context), pp.Message("assistant", reply)))


@pytest.fixture
def against(tmp_path):
    """A filter against one set of these rows."""

    def build(*rows, **options):
        path = tmp_path / "quiz.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
        return Decontaminate({"quiz": path}, **options)

    return build


ITEM = " ".join(WORDS[:20])


@pytest.mark.parametrize(
    ("held", "coverage"),
    [
        (range(7), 0.0),
        (range(8), 0.4),
        (range(10), 0.5),
        (range(5, 15), 0.5),
        (range(11), 0.55),
        (range(20), 1.0),
    ],
)
def test_the_share_of_an_item_that_a_conversation_holds(against, held, coverage):
    filter = against(
        {"question": "Some other question with as many as eight words"}, {"question": ITEM}, max_run=None
    )
    around = text(Random(1), 30)
    verdict = filter(talk("Tell me.", f"{around}. {' '.join(WORDS[n] for n in held).upper()}! {around}"))
    if coverage > 0.5:
        assert verdict == pp.Drop("contaminated by quiz: item 2", coverage, 0.5)
    else:
        assert verdict.scores["coverage"] == (coverage, None, 0.5) and verdict.drop is None


@pytest.mark.parametrize(("words", "dropped"), [(7, False), (12, False), (13, True), (30, True)])
def test_a_long_run_of_words_is_enough(against, words, dropped):
    item = " ".join(WORDS[:200])
    verdict = against({"question": item})(talk(" ".join(WORDS[100 : 100 + words])))
    if dropped:
        assert verdict == pp.Drop("contaminated by quiz: item 1, words in a row", words, 12)
    else:
        run = words if words >= 8 else 0
        assert verdict.scores["run"] == (run, None, 12) and verdict.drop is None


def test_a_run_is_a_run_in_both_texts(against):
    item = " ".join(WORDS[:200])
    swapped = " ".join(WORDS[10:20] + WORDS[0:10])
    assert against({"question": item})(talk(swapped)).scores["run"][0] == 10


@pytest.mark.parametrize("where", ["prompt", "reply", "context"])
def test_it_is_found_wherever_it_stands(against, where):
    verdict = against({"question": ITEM})(talk(**{"prompt": "Well?", where: ITEM}))
    assert verdict == pp.Drop("contaminated by quiz: item 1", 1.0, 0.5)


@pytest.mark.parametrize("ngram", [4, 5, 8, 13])
def test_no_match_is_missed_wherever_it_begins(against, ngram):
    """The look at every few words that comes first sees every n-gram."""
    random = Random(ngram)
    filter = against(
        *({"question": text(random, 40)} for _ in range(30)),
        {"question": ITEM},
        ngram=ngram,
        max_coverage=1,
        max_run=None,
    )
    for offset in range(2 * ngram):
        held = f"{text(random, offset + 1)} {' '.join(WORDS[5 : 5 + ngram])} x"
        assert filter(talk(held)).scores["coverage"][0] == ngram / 20
    assert filter(talk(" ".join(WORDS[5 : 4 + ngram]))).scores["coverage"][0] == 0


@pytest.mark.parametrize(
    ("item", "said", "dropped"),
    [
        ("Who wrote War and Peace?", "Tell me: who wrote 'War and Peace'? Thanks", True),
        ("Who wrote War and Peace?", "Who wrote War and Peacefulness?", False),
        ("Who wrote War and Peace?", "Who wrote the novel War and Peace?", False),
        ("法国的首都是哪里", "请问，法国的首都是哪里？", True),
        ("Où est la bibliothèque", "OÙ EST LA BIBLIOTHÈQUE, s'il vous plaît?", True),
    ],
)
def test_a_short_item_counts_where_all_of_it_stands(against, item, said, dropped):
    verdict = against({"question": item})(talk(said))
    assert (verdict == pp.Drop("contaminated by quiz: item 1", 1.0, 0.5)) if dropped else verdict.drop is None


def test_items_too_short_to_look_for_are_told(against):
    filter = against({"q": "What is 2+2?"}, {"q": "Why not?"}, {"q": ITEM})
    with pytest.warns(UserWarning, match="2 of the 3 items of 'quiz' are too short"):
        assert filter(talk("What is 2+2? Why not?")).drop is None
    with pytest.raises(pp.PitchpipeError, match=r"has a text of 4 words to look for in x\. Name the fields"):
        against({"q": ITEM}, fields=("x",))(talk("Hi"))


def test_which_fields_are_looked_for(against):
    other = " ".join(WORDS[50:70])
    row = {"question": ITEM, "subject": "high school european history", "passage": other, "n": 3}
    subject = talk("I teach high school european history in Leeds.")
    assert against(row)(subject).drop is None, "a short field beside long ones says little"
    assert against(row)(talk(other)) == pp.Drop("contaminated by quiz: item 1", 1.0, 0.5)
    assert against(row, fields=("question",))(talk(other)).drop is None
    assert against(row, fields=("subject",))(subject) == pp.Drop("contaminated by quiz: item 1", 1.0, 0.5)


def test_texts_are_found_however_deep_they_stand(against):
    row = {"turns": [{"role": "user", "content": ITEM}], "n": 1}
    assert against(row)(talk(ITEM)).reason == "contaminated by quiz: item 1, turns 1.content"


def test_the_item_that_is_covered_most_is_named(against):
    longer = f"{ITEM} {' '.join(WORDS[50:60])}"
    assert against({"q": longer}, {"q": ITEM})(talk(ITEM)).reason == "contaminated by quiz: item 2"


def test_clean_conversations_pass_with_their_scores(against):
    filter = against({"question": ITEM})
    conversation = talk("Hello", "")
    assert filter(conversation) == pp.judged(conversation, coverage=(0.0, None, 0.5), run=(0, None, 12))
    assert filter(pp.Conversation(())).drop is None


def test_several_sets_are_told_apart(tmp_path):
    for name, words in (("one", WORDS[:20]), ("two", WORDS[20:40])):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"q": " ".join(words)}))
    filter = Decontaminate({name: tmp_path / f"{name}.jsonl" for name in ("one", "two")})
    assert filter(talk(" ".join(WORDS[20:40]))).reason == "contaminated by two: item 1"


def test_coverage_is_that_of_brute_force(against):
    random = Random(3)
    items = [text(random, random.randint(8, 30)) for _ in range(40)]
    filter = against(*({"q": item} for item in items), max_coverage=1, max_run=None)
    for _ in range(60):
        words = []
        for item in random.sample(items, 3):
            start = random.randrange(8)
            words += item.split()[start : start + random.randint(4, 20)] + text(random, 3).split()
        held = {tuple(words[n : n + 8]) for n in range(len(words))}
        best = 0.0
        for item in items:
            said = item.split()
            covered = {
                n + step for n in range(len(said) - 7) if tuple(said[n : n + 8]) in held for step in range(8)
            }
            best = max(best, len(covered) / len(said))
        assert filter(talk(" ".join(words), "")).scores["coverage"][0] == pytest.approx(best)


def test_mistakes_are_told(tmp_path, against):
    with pytest.raises(ValueError, match=r"no file .*nowhere\.jsonl for the evaluation set 'x'"):
        Decontaminate({"x": tmp_path / "nowhere.jsonl"})
    with pytest.raises(ValueError, match="let max_run be 12 or more"):
        against({"q": ITEM}, ngram=13, max_run=5)


def test_a_recipe_gives_sets_by_name(tmp_path):
    options = options_of(Decontaminate)
    assert all(option.description and not option.problem() for option in options.values())
    assert options["sets"].check({"quiz": "quiz.jsonl"}, tmp_path) == {"quiz": tmp_path / "quiz.jsonl"}


def test_another_process_reads_the_sets_itself(against):
    filter = against({"question": ITEM})
    assert filter(talk(ITEM)).score == 1
    sent = pickle.dumps(filter)
    assert len(sent) < 1000 and pickle.loads(sent)(talk(ITEM)).score == 1


def test_nothing_is_told_where_all_is_looked_for(against):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert against({"question": ITEM})(talk("Hi")).drop is None


def said(number, words=20):
    return " ".join(WORDS[words * number : words * (number + 1)])


@pytest.mark.parametrize("options", [{}, {"fields": ["choices"]}])
def test_each_element_of_a_list_is_searched_for_on_its_own(against, options):
    filter = against({"choices": [said(0), said(1), said(2)], "answer": 1}, **options, max_run=None)
    verdict = filter(talk("Tell me.", f"I think: {said(1)}"))
    assert verdict == pp.Drop("contaminated by quiz: item 1, choices 2", 1.0, 0.5)
    assert filter(talk("Tell me.", said(7))).drop is None


def test_the_texts_inside_of_objects_have_names(against):
    filter = against({"question": {"stem": said(0), "choices": [{"text": said(1)}, {"text": said(2)}]}})
    words = "contaminated by quiz: item 1, "
    assert str(filter(talk("Tell me.", said(2)))) == words + "question.choices 2.text"
    assert str(filter(talk(said(0)))) == words + "question.stem"


def test_short_elements_are_searched_for_in_a_row(against):
    filter = against(
        {"choices": ["none of the above", "it cannot be known", "both of them do", "the first one"]}
    )
    assert filter(talk("Which?", "None of the above. It depends.")).drop is None
    verdict = filter(talk("None of the above; it cannot be known; both of them do; the first one."))
    assert str(verdict) == "contaminated by quiz: item 1, choices"


def test_a_list_of_one_is_its_text(against):
    assert str(against({"prompt": [said(0)]})(talk(said(0)))) == "contaminated by quiz: item 1"
    assert str(against({"question": ["What is the largest river"]})(talk("What is the largest river?"))) == (
        "contaminated by quiz: item 1"
    )


@pytest.mark.parametrize("arguments", [{"query": ITEM, "n": 3}, json.dumps({"query": [ITEM]})])
def test_calls_and_rejected_replies_are_searched(against, arguments):
    filter = against({"question": ITEM})
    call = pp.Message("assistant", "", tool_calls=({"function": {"name": "find", "arguments": arguments}},))
    asked = pp.Message("user", "Find it.")
    assert str(filter(pp.Conversation((asked, call)))) == "contaminated by quiz: item 1"
    assert str(filter(pp.replace(talk("Find it."), rejected=call))) == "contaminated by quiz: item 1"
    worse = pp.Message("assistant", f"No: {ITEM}")
    assert str(filter(pp.replace(talk("Find it."), rejected=worse))) == "contaminated by quiz: item 1"
    assert filter(talk("Find it.")).drop is None
