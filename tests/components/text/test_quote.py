"""The words that decided are quoted where a score decides, in one line, as short as can be judged."""

import pitchpipe as pp
from pitchpipe_components.text.phrases import among
from pitchpipe_components.text.quote import around, quoting

CHAT = pp.Conversation((pp.Message("user", "a"), pp.Message("assistant", "b")))


def test_words_are_quoted_only_where_a_row_goes():
    against = quoting(pp.judged(CHAT, claims=(1, None, 0)), lambda: " I am\n ChatGPT.\ud800 ")
    assert against.drop == pp.Drop("claims too high: I am ChatGPT.\\ud800", 1, 0)
    assert quoting(pp.judged(CHAT, claims=(1, None, 1)), lambda: 1 / 0).drop is None
    assert len(quoting(pp.judged(CHAT, claims=(1, None, 0)), lambda: "x" * 999).words) < 200


def test_a_quote_begins_and_ends_with_whole_words():
    text = "one two three four five six seven HERE eight nine ten eleven twelve thirteen"
    at = text.index("HERE")
    assert around(text, at, at + 4).strip() == "three four five six seven HERE eight nine ten eleven twelve"
    assert around("HERE", 0, 4) == "HERE"


def test_the_first_phrase_is_quoted_as_it_is_written():
    wanted = among(("[insert", "NN", "lorem ipsum"))
    assert wanted.quote("Dear NN, this is Lorem Ipsum for [Insert name]").startswith("Dear NN, this is")
    assert wanted.quote("It is Lorem Ipsum.") == "It is Lorem Ipsum."
    assert wanted.quote("İİ [Insert]") == "i̇i̇ [insert]" and wanted.quote("none") == ""
