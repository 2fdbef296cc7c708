"""What is no markup is escaped."""

from pitchpipe_tools.html.markup import Markup, element, table, with_code
from pitchpipe_tools.html.paste import command
from tests.tools.html.browser import Page


def test_what_is_no_markup_is_escaped():
    assert (
        element("p", "<b>", ["&", Markup("<br>")], None, title='"')
        == '<p title="&quot;">&lt;b&gt;&amp;<br></p>'
    )


def test_a_table_that_is_too_wide_for_a_phone_names_its_numbers_in_each_row():
    wide = table(["source", "", "read", "left", "share"], [["a", "", "1", "2", "3"]], words=2)
    assert 'class="wide"' in wide and '<td class="number" data-label="read">1</td>' in wide
    assert "data-label" not in table(["source", "read", "left", "share"], [["a", "1", "2", "3"]])


def test_what_stands_between_backticks_is_code():
    assert with_code("see `a <b>` & `c`") == "see <code>a &lt;b&gt;</code> &amp; <code>c</code>"
    assert with_code("a ` alone") == "a ` alone"


def test_a_command_can_be_pasted():
    assert Page(command("why", "runs/my run", "a&b's.jsonl:3")).text() == (
        """pitchpipe why 'runs/my run' 'a&b'"'"'s.jsonl:3'"""
    )
