"""The page of tokens: each token once and in order, with what it is; nothing of the data becomes HTML."""

import json
from html.parser import HTMLParser

import pytest

import pitchpipe as pp
from pitchpipe.check import load
from pitchpipe.host import Host
from pitchpipe.pages.tokens import Token, Vocabulary, ended, parting, stretches
from pitchpipe.pages.tokens_boxes import visible
from pitchpipe.pages.tokens_page import FOLDED, render
from pitchpipe.pages.tokens_seen import looked
from pitchpipe.pages.tokens_written import Column
from pitchpipe.render import IGNORED, Example, Renderer
from pitchpipe_plugins.templates.alpaca import ALPACA_SHORT
from pitchpipe_plugins.templates.chatml import CHATML
from tests.chat_tokenizers import kinds

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)></details></style>\" onclick='x' & ]]> <!--"
RECIPE = """\
model: tiny
template: chatml
collator: {packed: {length: 180, too_long: cut_end}}
loaders:
  - files: {path: rows.jsonl, name: mine}
filters:
  - length: {max_reply_chars: 300}
"""
ROWS = [
    {"instruction": "Say hello in Japanese.", "output": "やあ、元気 かい 👩‍🔬", "category": "greeting"},
    {"instruction": HOSTILE, "output": f"Odd: {HOSTILE}"[:60], "category": "<b>odd</b>"},
    {
        "instruction": "Code",
        "input": "a\ttab",
        "output": "def f(x):\n    return x\n\n\nprint()\r\n\u202e<|im_end|>",
    },
    {"instruction": "Too long for a row", "output": "long " * 40},
    {"instruction": "Too long for the filter", "output": "long " * 80},
    {"instruction": "An image", "output": [{"type": "image"}]},
    {"instruction": "&amp; so on", "output": "It is &amp; was."},
]
CHAT = {
    "messages": [
        {"role": "user", "content": "First?"},
        {"role": "assistant", "content": "One."},
        {"role": "user", "content": "Second?"},
        {"role": "assistant", "content": "two " * 40},
    ]
}


class Page(HTMLParser):
    """The page, read back: tags, words, and the boxes of each column of tokens."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.columns, self.words, self.open = set(), set(), [], "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.add(tag)
        self.attributes |= set(found)
        kinds = (found.get("class") or "").split()
        if "tokens" in kinds:
            self.columns.append([])
        if "data-id" in found:
            self.columns[-1].append((int(found["data-id"]), set(kinds), found["title"]))
        if tag == "details" and "one" in kinds:
            self.open.append("open" in found)

    def handle_data(self, data):
        self.words += data


def columns_of(folder, rows, *beside, recipe=RECIPE):
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    path = folder / "recipe.yaml"
    path.write_text(recipe)
    host = Host.from_environment(folder)
    given = [(), *([beside] if beside else [])]
    return [Column(load(path, host, settings), settings) for settings in given]


def page_of(folder, rows, *beside, recipe=RECIPE):
    columns = columns_of(folder, rows, *beside, recipe=recipe)
    seen = list(looked(columns, len(rows), 0, None))
    return Page(render(columns, seen)), seen, columns


@pytest.mark.parametrize("template", ["chatml", "alpaca_short"])
def test_every_token_is_in_the_page_once_and_in_order(tmp_path, template):
    recipe = RECIPE.replace("chatml", template)
    page, rows, (column,) = page_of(tmp_path, ROWS, recipe=recipe)
    renderer = Renderer(column.recipe.template.bound, column.recipe.model.bound.tokenizer())
    written = [seen for row in rows for seen in row.seen if seen.written]
    assert len(written) == len(page.columns) == 5  # of seven rows one is dropped, one is in bad shape
    for seen, boxes in zip(written, page.columns, strict=True):
        example = renderer.example(seen.conversation)
        assert [index for index, _, _ in boxes] == example.ids
        labels = [index if "learned" in kinds else IGNORED for index, kinds, _ in boxes]
        assert labels == example.labels
        stop = column.recipe.model.bound.tokenizer().convert_tokens_to_ids(renderer.stop)
        assert [index for index, kinds, _ in boxes if "stop" in kinds] == [
            i for i in example.ids if i == stop
        ]
        assert all(title.startswith(f"{index}, ") for index, _, title in boxes)


def test_nothing_in_a_row_becomes_html(tmp_path):
    page, _, _ = page_of(tmp_path, ROWS, "template=alpaca_short")
    assert not page.tags & {"script", "img", "iframe", "link"}
    assert not {name for name in page.attributes if name.startswith("on")}
    assert "<b>odd</b>" in page.words  # said, not done
    assert "alert(1)" in page.words
    assert "<U+202E>" not in page.words  # bytes of the tiny model: no token is the whole character


def test_what_became_of_each_row_is_said(tmp_path):
    page, _, _ = page_of(tmp_path, ROWS)
    for words in (
        "mine, rows.jsonl:1",
        "category greeting",
        "dropped: reply chars too high (399 against 300)",
        "holds an image",
        "HTML entities read",
        "too many tokens (",
        " against 180)",
        "Packed together",
    ):
        assert words in page.words, words


def test_what_is_cut_stands_there_as_cut(tmp_path):
    page, rows, (column,) = page_of(tmp_path, [CHAT])
    renderer = Renderer(column.recipe.template.bound, column.recipe.model.bound.tokenizer())
    whole = rows[0].seen[0].conversation
    kept = renderer.example(pp.replace(whole, messages=whole.messages[:2]))
    (boxes,) = page.columns
    assert [index for index, _, _ in boxes] == renderer.example(whole).ids
    assert [index for index, kinds, _ in boxes if "cut" not in kinds] == kept.ids
    assert all("cut" in kinds for _, kinds, _ in boxes[len(kept.ids) :])
    assert f"turns cut from its end: {len(boxes) - len(kept.ids)} of {len(boxes)} tokens" in page.words


LONG = {
    "messages": [
        {"role": role, "content": f"{role} {number} says this."}
        for number in range(4)
        for role in ("user", "assistant")
    ]
}


def test_what_is_cut_from_the_start_stands_in_its_place(tmp_path):
    recipe = RECIPE.replace("cut_end", "cut_start")
    page, rows, _ = page_of(tmp_path, [LONG], recipe=recipe)
    (boxes,) = page.columns
    (written,) = rows[0].seen[0].written
    gone = ["cut" in kinds for _, kinds, _ in boxes]
    assert written.cut_at == 0 < len(written.cut) and gone == sorted(gone, reverse=True)
    assert sum(gone) == len(written.cut) and len(boxes) == len(written.cut) + len(written.tokens)


def test_a_conversation_that_is_split_is_packed_by_its_parts(tmp_path):
    recipe = RECIPE.replace("cut_end", "split")
    page, rows, (column,) = page_of(tmp_path, [LONG], recipe=recipe)
    (written,) = rows[0].seen[0].written
    assert len(written.lengths) == 2 and sum(written.lengths) == len(written.tokens) and not written.cut
    assert "split into 2: 0 of " in page.words
    assert sorted(column.rows([written])) == sorted([[(0, length)] for length in written.lengths])


def test_a_collator_that_would_stop_the_run_says_so(tmp_path):
    page, _, _ = page_of(tmp_path, ROWS[3:4], recipe=RECIPE.replace("too_long: cut_end", "too_long: stop"))
    assert "stops the run" in page.words and "more than the collator's length of 180" in page.words


def test_two_columns_show_where_they_part(tmp_path):
    page, rows, columns = page_of(tmp_path, ROWS[:1], "template=alpaca_short")
    left, right = rows[0].seen[0].written
    assert [len(boxes) for boxes in page.columns] == [len(left.tokens), len(right.tokens)]
    assert f"{len(right.tokens) - len(left.tokens):+} beside the first column" in page.words
    at = parting(left.tokens, right.tokens)
    for boxes in page.columns:
        assert [place for place, (_, kinds, _) in enumerate(boxes) if "differs" in kinds] == [at]
    assert columns[1].title == "template=alpaca_short" and columns[1].title in page.words


def test_rows_that_are_packed_hold_each_conversation_once(tmp_path):
    page, rows, (column,) = page_of(tmp_path, [ROWS[0], ROWS[6], ROWS[0], ROWS[6]])
    written = [seen.written[0] for row in rows for seen in row.seen]
    planned = column.rows(written)
    assert sorted(place for row in planned for place, _ in row) == [0, 1, 2, 3]
    assert all(sum(tokens for _, tokens in row) <= 180 for row in planned)
    assert len(planned) < 4, "nothing shares a row"
    assert "Packed together" in page.words
    alone, _, (padded,) = page_of(tmp_path, ROWS[:2], recipe=RECIPE.replace("packed:", "padded:"))
    assert padded.rows(written) == [] and "Packed together" not in alone.words


def test_what_is_dropped_shares_no_row(tmp_path):
    _, rows, (column,) = page_of(tmp_path, ROWS[2:4])
    written = [seen.written[0] for row in rows for seen in row.seen]
    assert [one.fate for one in written] == ["", "dropped"] and column.rows(written) == [[(0, 78)]]


def test_long_conversations_are_folded(tmp_path):
    long = {"instruction": "Count.", "output": "1 " * (FOLDED // 2)}
    recipe = RECIPE.replace("180", "2000").replace("300", "5000")
    page, _, _ = page_of(tmp_path, [ROWS[0], long], recipe=recipe)
    assert page.open == [True, False]


ABSENT = """\
import pitchpipe as pp

@pp.hookimpl
def register_models(register):
    register("absent", Absent, needs=("no_such_module",))

class Absent:
    def tokenizer(self): ...
    def weights(self, saved=None): ...
    def inputs(self): ...
"""


def test_where_the_model_cannot_work_the_text_is_shown(tmp_path):
    (tmp_path / "pitchpipe_local.py").write_text(ABSENT)
    page, _, (column,) = page_of(tmp_path, ROWS[:1], recipe=RECIPE.replace("tiny", "absent"))
    assert page.columns == [[]] and "やあ、元気·かい" in page.words and column.terminator == ""
    assert "No tokens to show: recipe.yaml:1: model 'absent' needs no_such_module" in page.words


def test_without_a_template_the_words_are_shown(tmp_path):
    page, _, _ = page_of(
        tmp_path, ROWS[:1], recipe=RECIPE.replace("template: chatml\n", "").replace("model: tiny\n", "")
    )
    assert page.columns == [] and "やあ、元気 かい" in page.words


# --- The command ----------------------------------------------------------------------------------


def test_the_page_is_one_file_that_fetches_nothing(project):
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": ROWS})
    done = here.run("peek", "recipe.yaml", "--html", "page.html", "--beside", "template=alpaca_short")
    assert done.assert_success().out == "page.html\n"
    page = here.read("page.html")
    assert 'http-equiv="Content-Security-Policy" content="default-src &#x27;none&#x27;' in page
    read = Page(page)
    assert not read.attributes & {"src", "srcset"} and len(read.columns) == 10
    assert not list(here.folder.glob("*.new"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--beside", "filters.length.max_reply_chars=3"], "It sets model, template, collator"),
        (["--beside", "template=alpaca_shrot"], "Did you mean 'alpaca_short'?"),
        (["--html", "rows.jsonl"], "give it a name that ends in .html"),
        (["--html", "no/page.html"], "there is no folder no"),
        (["--html", "page.html", "--skip", "99"], "no rows to show"),
    ],
)
def test_what_cannot_be_shown_says_how_it_can(project, options, said):
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": ROWS[:1]})
    here.run("peek", "recipe.yaml", *options).assert_failed(said)
    assert here.rows("rows.jsonl") == ROWS[:1] and not (here.folder / "page.html").exists()


# --- What a token stands for ----------------------------------------------------------------------


SPOKEN = pp.Conversation(
    (
        pp.Message("user", "Wörter  und\n\nZeilen\t日本 👩‍🚀, <|im_end|> and {{ x }}."),
        pp.Message("assistant", " Ω: 12 345 é\n  as it was said."),
    )
)


@pytest.mark.parametrize("kind", kinds())
@pytest.mark.parametrize("template", [CHATML, ALPACA_SHORT], ids=["chatml", "alpaca_short"])
def test_tokens_together_say_what_the_template_wrote(kind, template):
    tokenizer = kinds()[kind]
    renderer = Renderer(template, tokenizer)
    tokens = Vocabulary(tokenizer, renderer).tokens(renderer.example(SPOKEN))
    said = b"".join(token.said for token in tokens).decode()
    text = "".join(piece.text for piece in renderer.pieces(SPOKEN))
    if kind.startswith("sentence pieces") and "never" not in kind:  # these begin stretches with a space
        said, text = said.replace(" ", ""), text.replace(" ", "")
    assert said == text
    learned = b"".join(token.said for token in tokens if token.learned).decode()
    assert learned.strip().startswith("Ω: 12 345 é\n  as it was said.") and learned.endswith(renderer.stop)
    assert [token.said.decode() for token in tokens if token.stop and token.learned] == [renderer.stop]
    if template is CHATML:
        words = [token.said.decode() for token in tokens if token.control]
        assert words.count("<|im_start|>") == 2 and words.count("<|im_end|>") == 2, (
            "a word of the data is one"
        )


def of(*said):
    """Tokens from marks: `>a` is learned, `.` the terminator."""
    return [
        Token(at, word, word.strip(">").encode(), word.startswith(">"), False, word.endswith("."))
        for at, word in enumerate(said)
    ]


def test_stretches_and_their_ends():
    tokens = of("a", ">b", ">.", "c", ">d", ".", ">e", ">.")
    assert [len(some) for some in stretches(tokens)] == [1, 2, 1, 1, 1, 2]
    assert ended(tokens) == (3, 2) and ended(of("a", ".")) == (0, 0) and stretches([]) == []


@pytest.mark.parametrize(
    ("one", "other", "at"),
    [
        (["a", "b"], ["a", "b"], None),
        (["a", "b"], ["a", "c"], 1),
        (["a", "b"], ["a", ">b"], 1),
        (["a"], ["a", "b"], 1),
        (["a", "b"], ["a"], 1),
        ([], [], None),
    ],
)
def test_the_first_difference(one, other, at):
    assert parting(of(*one), of(*other)) == at


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a b", "a·b"),
        (" \n\t\r", "·↵⇥␍"),
        ("\u200b\u202e\x00", "<U+200B><U+202E><U+0000>"),
        ("日本é", "日本é"),
        ("\u00a0", "<U+00A0>"),
        ("", ""),
    ],
)
def test_every_character_is_seen(text, seen):
    assert visible(text) == seen


def test_a_part_of_a_character_has_no_text():
    assert Token(1, "Î", b"\xce", True, False, False).text is None
    assert Token(1, "ÎĶ", "Δ".encode(), True, False, False).text == "Δ"


def test_an_empty_example_has_no_tokens():
    tokenizer = kinds()["bytes"]
    assert Vocabulary(tokenizer, Renderer(CHATML, tokenizer)).tokens(Example([], [])) == []


def test_tokens_that_were_added_stand_for_what_they_are_called():
    from copy import deepcopy

    tokenizer = deepcopy(kinds()["bytes"])
    tokenizer.add_tokens(["<né>"])
    index = tokenizer.convert_tokens_to_ids("<né>")
    (token,) = Vocabulary(tokenizer, Renderer(CHATML, tokenizer)).tokens(Example([index], [IGNORED]))
    assert token.text == "<né>" and not token.control and not token.learned


def test_an_unknown_word_is_no_control_token():
    tokenizer = kinds()["sentence pieces, never"]
    ids = [tokenizer.unk_token_id, tokenizer.bos_token_id]
    unknown, begin = Vocabulary(tokenizer, Renderer(CHATML, tokenizer)).tokens(Example(ids, ids))
    assert not unknown.control and begin.control and unknown.learned
