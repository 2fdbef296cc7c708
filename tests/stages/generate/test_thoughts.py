"""Reasoning is told from words, however the text is cut into parts."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitchpipe_stages.generate.thoughts import Thoughts

CASES = {  # what the prompt ends with, and the answer: its reasoning, and its words
    ("", "Just words, <b>bold</b> [1]."): ("", "Just words, <b>bold</b> [1]."),
    ("", "<think>\nTwice three.\n</think>\n\nSix."): ("Twice three.", "Six."),
    ("", "\n<think>Twice</think>Six."): ("Twice", "Six."),
    ("<|im_start|>assistant\n<think>\n", "Twice three.\n</think>\n\nSix."): ("Twice three.", "Six."),
    ("", "[THINK]Twice.[/THINK]Six. <think>not</think>"): ("Twice.", "Six. <think>not</think>"),
    ("", "<seed:think>a < b\n\nand\n</seed:think>Six."): ("a < b\n\nand", "Six."),
    ("", "<think>never closed <"): ("never closed <", ""),
    ("", "<|START_THINKING|>Hm.<|END_THINKING|>Six."): ("Hm.", "Six."),
    ("<think>\n\n</think>\n\n", "Six."): ("", "Six."),
    ("", "<seed"): ("", "<seed"),
    ("", "[1] is a footnote"): ("", "[1] is a footnote"),
    ("", " \n  indented"): ("", " \n  indented"),
    ("", ""): ("", ""),
}


def parted(prompt, text, places):
    thoughts = Thoughts(prompt)
    cuts = [0, *sorted(places), len(text)]
    parts = [text[start:end] for start, end in itertools.pairwise(cuts)]
    said = [one for part in parts for one in thoughts.add(part)]
    said += thoughts.add("", last=True)
    return ["".join(one.text for one in said if one.thought is kind) for kind in (True, False)]


@pytest.mark.parametrize(("prompt", "text"), list(CASES))
@settings(max_examples=15)
@given(st.data())
def test_reasoning_is_told_from_words(prompt, text, data):
    places = data.draw(st.lists(st.integers(0, len(text))))
    assert tuple(parted(prompt, text, places)) == CASES[prompt, text]


@pytest.mark.parametrize(("prompt", "text"), list(CASES))
def test_letter_by_letter(prompt, text):
    assert tuple(parted(prompt, text, range(len(text)))) == CASES[prompt, text]


def test_words_are_not_held_back():
    thoughts = Thoughts()
    assert [one.text for one in thoughts.add("W")] == ["W"]
    assert [one.text for one in thoughts.add("ell <")] == ["ell <"]
