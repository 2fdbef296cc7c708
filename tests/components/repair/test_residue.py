"""Residue of web pages goes from prose; code, markup as an answer and talk about either stay."""
# ruff: noqa: RUF001 other marks are meant

import pytest

from pitchpipe_components.repair import repair
from tests.components.repair.talks import reply_of, talk

ENTITIES, TAGS = "HTML entities read", "HTML tags removed"
LINE = "The mill by the river was built of oak and stone, and it ground the corn of three villages."
OTHER = "Its wheel turned until the winter of 1911, when the ice broke the axle and nobody came to mend it."

RESIDUE = [
    ("AT&amp;T &quot;x&quot; it&#39;s&nbsp;me &#x27;a&#x27; &lt;3 &eacute;", "AT&T \"x\" it's me 'a' <3 é", [ENTITIES]),
    ("&amp;lt;3", "<3", [ENTITIES]),
    ("Salt &amp; pepper", "Salt & pepper", [ENTITIES]),
    ("She said &ldquo;no&rdquo; &mdash; and left.", "She said “no” — and left.", [ENTITIES]),
    ("It costs 5&nbsp;euro.", "It costs 5 euro.", [ENTITIES]),
    ("Don&#8217;t go", "Don’t go", [ENTITIES]),
    ("See https://a.org/?x=1&amp;y=2 for it", "See https://a.org/?x=1&y=2 for it", [ENTITIES]),
    ("Smith &amp; Sons, Q&amp;A, R&amp;D", "Smith & Sons, Q&A, R&D", [ENTITIES]),
    ("a &amp; b<br>c", "a & b\nc", [ENTITIES, TAGS]),
    ("one<br>two<br/>\nthree<BR />four", "one\ntwo\nthree\nfour", [TAGS]),
    ("Roses are red,<br>violets are blue.<br><br>Yours, Tom", "Roses are red,\nviolets are blue.\n\nYours, Tom", [TAGS]),
    ("It is so. <br> Ann: Why?", "It is so. \nAnn: Why?", [TAGS]),
    ("1. Wash it.<br />2. Dry it.", "1. Wash it.\n2. Dry it.", [TAGS]),
    (f"<p>{LINE}</p>\n<p>{OTHER}</p>", f"{LINE}\n\n{OTHER}", [TAGS]),
    (f"<p>{LINE}</p><p>{OTHER}</p>", f"{LINE}\n\n{OTHER}", [TAGS]),
    (f"<div>{LINE}</div><div><br></div><div>{OTHER}</div>", f"{LINE}\n\n{OTHER}", [TAGS]),
    (f'<div class="markdown prose w-full">{LINE} <span style="font-weight: 400;">So.</span></div>', f"{LINE} So.", [TAGS]),
    (f'<p dir="ltr" style="line-height:1.38;margin-top:0pt;">{LINE}</p>', LINE, [TAGS]),
    (f'<p class="MsoNormal">{LINE}</p>', LINE, [TAGS]),
    (f'{LINE}<span class="Apple-converted-space">&nbsp;</span>{OTHER}', f"{LINE} {OTHER}", [ENTITIES, TAGS]),
    ("Hello <span style=\"font-weight: 400;\">there</span>, Ann", "Hello there, Ann", [TAGS]),
    ("left over</div>", "left over", [TAGS]),
    ("left over</span></p>", "left over", [TAGS]),
    ("a&lt;br&gt;b", "a\nb", [ENTITIES, TAGS]),
    (f"&lt;p&gt;{LINE}&lt;/p&gt;", LINE, [ENTITIES, TAGS]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "notes"), RESIDUE)
def test_residue_of_web_pages_goes(text, expected, notes):
    assert reply_of(text) == (expected, tuple(notes))
    mended = repair(talk(("user", text), ("assistant", "Fine."))).conversation
    assert mended.messages[0].content == expected


CARD = (
    '<div class="card">\n  <div class="name">Ann Lee</div>\n  <div class="mail">ann@example.com</div>\n</div>'
)
JSX = "function Hello() {\n  return (\n    <div>\n      <p>Hello, Ann</p>\n    </div>\n  );\n}"
MEANT = [
    # --- no tags and no entities at all
    ("Hi", "R&D, Q & A, a && b, &copy, &foo; x &= y"),
    ("Hi", "if a < b and b > c: 1 <2> 3"),
    ("Hi", "the averages <x> and <p> of position and momentum"),
    ("Hi", "List<String> and vector<int>, <unk>, <b>, <a href='x'>"),
    # --- code: fenced, inline, indented, bare
    ("Hi", "Write `<br>` or:\n```\n<p>a &amp; b</p>\n```"),
    ("Hi", "~~~\n<div>a</div>\n~~~"),
    ("Hi", JSX),
    ("Show a greeting.", "const Hello = () => <div>Hello, Ann</div>;"),
    ("Show a greeting.", "export default {\n  view: '<p>{{ greeting }}</p>'\n}"),
    ("Print a line.", 'echo "<br>" . $name;'),
    ("Print a line.", 'document.write("<p>Hi</p>");'),
    ("Make it safe.", 'return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");'),
    ("Join these.", 'lines = "<br>".join(words)'),
    ("Count them.", "def count():\n    <div>\n"),
    ("Wrap it.", '    <p>one</p>\n    <p>two</p>'),
    ("Send it.", 'mail.body = "Dear Ann,<br>thank you.<br>Tom";'),
    ("Greet Ann.", '{"body": "Tom &amp; Ann"}'),
    # --- markup that is the answer
    ("Make a card for Ann Lee.", CARD),
    ("Give me a list of three fruits.", "<ul>\n<li>Fig<br></li>\n<li>Pear &amp; quince</li>\n</ul>"),
    ("Write a form with a name field.", '<form><div>Name: <input name="n"></div></form>'),
    ("Put it into a box.", '<div id="box">The mill by the river was built of oak and stone, and it ground corn for all.</div>'),
    ("Make the greeting red.", '<span style="color: red">Hello</span>'),
    ("Make a paragraph of it.", "<p>This is a paragraph.</p>"),
    ("Make two of them.", "<p>One.</p><p>Two.</p>"),
    ("Which is better?", f"<p>{LINE}</p> rather than <p>{OTHER}</p>"),
    ("Mark what is said.", f"Ann: <p>{LINE}</p>\nTom: <p>{OTHER}</p>"),
    ("A box in a box.", "<div><div>Hello</div></div>"),
    ("Say it with a button.", f'<div onclick="go()">{LINE}</div>'),
    ("Say it with style.", f"<div className={{styles.box}}>{LINE}</div>"),
    ("Say it in bold.", f"<p>{LINE} <b>{OTHER}</b></p>"),
    ("Link it.", f'<p><a href="https://a.org">{LINE}</a></p>'),
    ("Say it.", f'<div class="container">{LINE}</div>'),
    ("Say it.", f'<p class="lead text-muted">{LINE}</p>'),
    ("Say it.", f'<span v-if="ready">{LINE}</span>'),
    ("Draw a circle.", '<svg width="9"><circle r="4"/></svg><br>'),
    ("Write the note.", "<?xml version='1.0'?><note>Tom &amp; Ann</note>"),
    ("Write the note.", "<note><to>Tom &amp; Ann</to></note>"),
    ("Write a page.", "<!DOCTYPE html><p>Hello</p>"),
    ("Leave a remark.", "<!-- Tom &amp; Ann --> Hello"),
    ("A table, please.", "| a<br>b | c |\n|---|---|"),
    # --- talk about it
    ("How do I break a line in HTML?", "With <br>, and &amp; is an ampersand."),
    ("What are tags?", "<p>a</p>"),
    ("How do I begin a new line there?", "Put <br> between the two."),
    ("How do I begin a new line there?", 'Between them stands "<br>" alone'),
    ("How do I keep two words on one line?", "Use &nbsp; between them."),
    ("How is that sign written?", "It is written '&lt;' there."),
    ("Style the element with CSS.", "p {color: red}, <p>x</p>"),
    ("Build me a React component.", f"<div>{LINE}</div>"),
    ("Decode: Tom &amp; Ann", "Tom & Ann"),
    ("Escape this: Tom & Ann", "Tom &amp; Ann"),
    ("Remove what does not belong: Hello<br>there", "Hello there"),
    ("Convert it to plain text: <p>Hallo</p>", "Hallo"),
    ("Extract the name from this: <div>Ann</div>", "Ann"),
    ("Translate: <p>Hallo</p>", "<p>Hello</p>"),
    ("Translate: Hallo<br>Welt", "Hello<br>world"),
    ("Escribe el código.", f"<div>{LINE}</div>"),
    ("给我写一段网页代码。", f"<div>{LINE}</div>"),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "text"), MEANT)
def test_code_and_talk_about_markup_stay(prompt, text):
    sound = talk(("user", prompt), ("assistant", text))
    assert repair(sound) is sound


def test_the_set_is_large_enough_to_speak_for_the_rule():
    assert len(RESIDUE) + len(MEANT) >= 75
