"""Material that nobody can see: who has tools may fetch it."""

import pytest

import pitchpipe as pp
from pitchpipe_components import filters
from tests.components.filters.good_rows import CALL
from tests.components.filters.talks import dropped, talk

LINK = "https://news.example/2021/floods"
ASKED = pp.Message("user", "Summarize this article.", context=LINK)
SAID = pp.Message("assistant", "Floods.")


def test_a_link_alone_is_told_with_its_words():
    drop = dropped(filters.unseen_input(pp.Conversation((ASKED, SAID))))
    assert drop == pp.Drop(f"unseen inputs too high: {LINK}", 1, 0)
    assert dropped(filters.unseen_input(pp.Conversation((ASKED, SAID)), max_unseen_inputs=1)) is None


@pytest.mark.parametrize(
    "chat",
    [
        pp.Conversation((ASKED, SAID), tools=({"name": "fetch"},)),
        pp.Conversation((ASKED, pp.Message("assistant", "", tool_calls=(CALL,)))),
        pp.Conversation((ASKED, pp.Message("tool", "It rained."), SAID)),
    ],
)
def test_tools_may_fetch_what_is_behind_a_link(chat):
    assert dropped(filters.unseen_input(chat)) is None


def test_every_prompt_counts():
    chat = talk(
        "Hi", "Hello", f"Summarize this article.\n{LINK}", "Floods.", f"And this text.\n{LINK}/2", "Rain."
    )
    assert dropped(filters.unseen_input(chat)).score == 2


def test_a_long_list_of_links_is_read_to_its_end():
    links = f"{LINK}, " * 3000
    assert dropped(filters.unseen_input(talk("Summarize these articles.\n" + links, "Floods.")))
    assert (
        dropped(filters.unseen_input(talk("Summarize these articles.\n" + links + "and more", "No."))) is None
    )
