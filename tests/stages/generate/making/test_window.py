"""What a draft may see."""

from pitchpipe_stages.generate.making.window import BEHIND, First, window


def test_a_draft_waits_for_drafts_before_it_and_for_no_more_than_it_must():
    assert [window(number) for number in range(6)] == [0, 0, 1, 1, 2, 2]
    assert window(10 * BEHIND) == 9 * BEHIND
    assert all(window(number) <= window(number + 1) <= number for number in range(3 * BEHIND))


def test_the_first_of_a_list_stay_what_they_were_while_it_grows():
    grows = list("abc")
    first = First(grows, 2)
    grows += "def"
    assert list(first) == ["a", "b"] and len(first) == 2 and first[-1] == "b" and first[0:9] == ["a", "b"]
    assert [*first, *First(grows, 0)] == ["a", "b"]
