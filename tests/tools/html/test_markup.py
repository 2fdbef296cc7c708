"""What is no markup is escaped."""

from pitchpipe_tools.html.markup import Markup, element


def test_what_is_no_markup_is_escaped():
    assert (
        element("p", "<b>", ["&", Markup("<br>")], None, title='"')
        == '<p title="&quot;">&lt;b&gt;&amp;<br></p>'
    )
