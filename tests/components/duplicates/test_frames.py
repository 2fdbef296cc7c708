"""What stands in a frame that many rows share tells them apart; what is alike in it is found still."""

from random import Random

import pytest

import pitchpipe as pp
from pitchpipe_components.duplicates import NearDuplicates
from tests.components.duplicates.texts import edited, gone, talk, text

NUMBERS = "The answer is {}."


def frame(random, count, frame_words=400, own_words=30, reply=None):
    """Rows that ask different things after the same words."""
    shared = text(random, frame_words)
    return [
        talk(
            f"{shared}\n\nQuestion: {text(random, own_words)}\nAnswer:",
            reply(random) if reply else random.choice("ABCD"),
        )
        for _ in range(count)
    ]


def again(random, row, times=1):
    """The same row with some words of its question changed, in capitals, and without its end."""
    asked, said = row.messages
    words = asked.content.rpartition("Question: ")
    question = edited(random, words[2].removesuffix("\nAnswer:"), times).upper()
    return pp.Conversation((pp.Message("user", f"{words[0]}Question: {question}\nAnswer"), said))


@pytest.mark.parametrize("of", ["conversation", "prompt"])
@pytest.mark.parametrize("size", [50, 1000])
def test_questions_behind_the_same_examples_stay(compare, of, size):
    rows = frame(Random(1), 300)
    assert gone(compare(NearDuplicates(of=of), rows, size)) == {}


@pytest.mark.parametrize("own_words", [12, 30])
def test_questions_that_repeat_behind_the_same_examples_are_found(compare, own_words):
    random = Random(2)
    rows = frame(random, 300, own_words=own_words)
    rows += [again(random, rows[n]) for n in range(0, 300, 3)]
    found = gone(compare(NearDuplicates(), rows))
    assert set(found) <= set(range(300, 400)) and len(found) >= 97
    assert all(of == 3 * (row - 300) for row, of in found.items())


def test_several_frames_are_told_apart(compare):
    random = Random(3)
    rows = [row for _ in range(20) for row in frame(random, 15, frame_words=150, own_words=10)]
    assert gone(compare(NearDuplicates(), rows)) == {}


def test_one_instruction_with_differing_inputs(compare):
    random = Random(4)
    asked = text(random, 30)
    rows = [
        pp.Conversation(
            (pp.Message("user", asked, context=text(random, 5)), pp.Message("assistant", text(random, 4)))
        )
        for _ in range(100)
    ]
    assert gone(compare(NearDuplicates(), rows + rows[:9])) == {100 + n: n for n in range(9)}


def test_two_answers_to_one_long_prompt_stay(compare):
    said = text(Random(5), 100)
    rows = [talk(said, "Yes."), talk(said, "No."), talk(said, "yes"), talk(said, "")]
    assert gone(compare(NearDuplicates(), rows)) == {2: 0}
    assert gone(compare(NearDuplicates(of="prompt"), rows)) == {1: 0, 2: 0, 3: 0}


def test_two_questions_with_one_long_answer_stay(compare):
    random = Random(6)
    said = text(random, 100)
    rows = [talk(text(random, 10), said) for _ in range(5)]
    assert gone(compare(NearDuplicates(), rows)) == {}
    assert gone(compare(NearDuplicates(of="reply"), rows)) == dict.fromkeys(range(1, 5), 0)


@pytest.mark.parametrize("reply_words", [1, 12, 60])
@pytest.mark.parametrize("copies", [2, 6, 40])
def test_edited_copies_are_no_frame(compare, reply_words, copies):
    """All of them go, though the replies of some are edited too."""
    random, rows = Random(7), []
    for _ in range(30):
        asked, said = text(random, 120), text(random, reply_words)
        rows += [
            talk(edited(random, asked, 1), edited(random, said, reply_words // 60)) for _ in range(copies)
        ]
    others = [talk(text(random, 120), text(random, reply_words)) for _ in range(100)]
    found = gone(compare(NearDuplicates(), rows + others))
    assert set(found) <= set(range(len(rows))) and len(found) >= 0.97 * (len(rows) - 30)


def test_a_later_turn_counts(compare):
    random = Random(8)
    begin = talk(text(random, 100), text(random, 100)).messages
    rows = [pp.Conversation((*begin, *talk(text(random, 9), text(random, 2)).messages)) for _ in range(4)]
    assert gone(compare(NearDuplicates(), [*rows, rows[2]])) == {4: 2}


def test_the_result_does_not_depend_on_the_order_of_work(compare):
    random = Random(9)
    rows = frame(random, 100) + [talk(text(random, 50), text(random, 20)) for _ in range(50)]
    rows += [again(random, rows[n]) for n in range(0, 100, 2)]
    first = compare(NearDuplicates(), rows, 7)
    assert first == compare(NearDuplicates(), rows, 64) == compare(NearDuplicates(), rows) and len(first) > 45


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("", "", True),
        ("a", "", False),
        ("a", "b", False),
        ("1.", "1. walnut 2. tailor 3. quarry", True),
        ("it is so", "it is not so", False),
        ("one two three four five", "please one two three four five", True),
        ("one two three four", "one two three four I hope it helps", True),
        ("one two three four five six", "one two three four five seven", False),
        ("one two three four five six seven eight nine", "one two three four 5 six seven eight nine", True),
        (" ".join("abcdefghijklmnopqrst"), " ".join("abcdefghijklmno"), True),
        (" ".join("abcdefghijklmnopqrst"), " ".join("abcdefghi01234567890"), False),
    ],
)
def test_which_answers_are_the_same(compare, one, other, same):
    asked = text(Random(10), 300)
    assert gone(compare(NearDuplicates(), [talk(asked, one), talk(asked, other)])) == ({1: 0} if same else {})


@pytest.mark.parametrize(("reply_words", "same"), [(100, True), (10, False)])
def test_a_question_in_other_words_is_the_same_if_its_long_answer_is(compare, reply_words, same):
    random = Random(11)
    asked, said = text(random, 400 if reply_words == 10 else 10), text(random, reply_words)
    other = asked.rsplit(" ", 3)[0] + " " + text(random, 3)
    rows = [
        talk(asked, said),
        talk(other, said),
        talk(asked, text(random, 10)),
        talk(asked, text(random, 10)),
    ]
    assert gone(compare(NearDuplicates(), rows)) == ({1: 0} if same else {})


def test_a_few_other_replies_make_no_frame_of_what_is_copied(compare):
    random = Random(12)
    asked = text(random, 120)
    copies = [talk(edited(random, asked, 1)) for _ in range(200)]
    others = [talk(asked, said) for said in ("No.", "Never.", "Perhaps.")]
    found = gone(compare(NearDuplicates(), copies + others))
    assert len(found) == 199 and set(found) <= set(range(1, 200))
