"""Residue of web pages goes; code and talk about markup stay."""

import pytest

from pitchpipe_components.repair import repair
from tests.components.repair.talks import reply_of, talk

ENTITIES, TAGS = "HTML entities read", "HTML tags removed"


@pytest.mark.parametrize(
    ("text", "expected", "notes"),
    [
        ("AT&amp;T &quot;x&quot; it&#39;s&nbsp;me &#x27;a&#x27; &lt;3 &eacute;", "AT&T \"x\" it's me 'a' <3 é", [ENTITIES]),
        ("&amp;lt;3", "<3", [ENTITIES]),
        ("one<br>two<br/>\nthree<BR />four", "one\ntwo\nthree\nfour", [TAGS]),
        ("<p>one</p>\n<p>two</p>", "one\n\ntwo", [TAGS]),
        ('<div class="markdown prose w-full">Hello <span style="x">you</span></div>', "Hello you", [TAGS]),
        ("left over</div>", "left over", [TAGS]),
        ('<div class="html tags">Hello</div>', "Hello", [TAGS]),
        ("a&lt;br&gt;b", "a\nb", [ENTITIES, TAGS]),
    ],
)  # fmt: skip
def test_residue_of_web_pages_goes(text, expected, notes):
    assert reply_of(text) == (expected, tuple(notes))


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("Hi", "R&D, Q & A, a && b, &copy, &foo; x &= y"),
        ("Hi", "if a < b and b > c: 1 <2> 3"),
        ("Hi", "Write `<br>` or:\n```\n<p>a &amp; b</p>\n```"),
        ("Hi", "the averages <x> and <p> of position and momentum"),
        ("Hi", "| a<br>b | c |\n|---|---|"),
        ("How do I break a line in HTML?", "With <br>, and &amp; is an ampersand."),
        ("What are tags?", "<p>a</p>"),
        ("Translate: <p>Hallo</p>", "<p>Hello</p>"),
        ("Hi", "List<String> and vector<int>, <unk>, <b>, <a href='x'>"),
    ],
)
def test_code_and_talk_about_markup_stay(prompt, text):
    sound = talk(("user", prompt), ("assistant", text))
    assert repair(sound) is sound
