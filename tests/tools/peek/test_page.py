"""The page of peek: every token once and in order, nothing in a row becomes HTML."""

import pytest

from pitchpipe.records.example import IGNORED
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.sections import MODEL, TEMPLATE
from pitchpipe_stages.render.writer import writer_of
from pitchpipe_tools.peek.hops import PeekedRow
from tests.tools.peek.pages import RECIPE, ROWS, Page, page_of


@pytest.mark.parametrize("template", ["chatml", "alpaca_short"])
def test_every_token_is_in_the_page_once_and_in_order(tmp_path, template):
    recipe = RECIPE.replace("chatml", template)
    page, rows, (column,) = page_of(tmp_path, ROWS, recipe=recipe)
    renderer = Renderer(writer_of(column.recipe[TEMPLATE].bound), column.recipe[MODEL].bound.tokenizer())
    written = [peeked for row in rows for peeked in row.conversations if peeked.written]
    assert len(written) == len(page.columns) == 5  # of seven rows one is dropped, one is in bad shape
    for peeked, boxes in zip(written, page.columns, strict=True):
        example = renderer.example(peeked.conversation)
        assert [index for index, _, _ in boxes] == example.ids
        labels = [index if "learned" in kinds else IGNORED for index, kinds, _ in boxes]
        assert labels == example.labels
        stop = column.recipe[MODEL].bound.tokenizer().convert_tokens_to_ids(renderer.stop)
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


def test_links_to_rows_of_long_names_end_in_the_line():
    row = PeekedRow("mine, ../data/a-rather-long-name-of-a-file-of-rows.jsonl:1234", "", [])
    assert row.short_place == "a-rather-long-...ows.jsonl:1234"
    assert PeekedRow("mine, data/rows.jsonl:1", "", []).short_place == "rows.jsonl:1"
    assert PeekedRow("generated 3", "", []).short_place == "generated 3"


def test_what_became_of_each_row_is_said(tmp_path):
    page, _, _ = page_of(tmp_path, ROWS)
    for words in (
        "mine, rows.jsonl:1",
        "category greeting",
        "dropped: reply chars too high (399 against 300)",
        "holds a part that is not text: 'file'",
        "HTML entities read",
        "too many tokens (",
        " against 180)",
        "Packed together",
    ):
        assert words in page.words, words


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
    assert page.columns == [[]] and "やあ、元気·かい" in page.words and column.stop == ""
    assert "No tokens to show: recipe.yaml:1: model 'absent' needs no_such_module" in page.words


def test_without_a_template_the_words_are_shown(tmp_path):
    page, _, _ = page_of(
        tmp_path, ROWS[:1], recipe=RECIPE.replace("template: chatml\n", "").replace("model: tiny\n", "")
    )
    assert page.columns == [] and "やあ、元気 かい" in page.words


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
        (["--beside", "filters.length.max_reply_chars=3"], "--beside sets model, template, collator"),
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
