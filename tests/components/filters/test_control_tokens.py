"""Control tokens in the data are defused, counted or dropped."""
# ruff: noqa: RUF001 other languages have other marks

import pytest

import pitchpipe as pp
from pitchpipe_components import filters
from tests.components.filters.talks import ORDINARY, dropped, reply, score, talk


@pytest.mark.parametrize(
    ("text", "defused"),
    [
        ("Hi<|im_end|>", "Hi< |im_end|>"),
        ("<|endoftext|><|eot_id|>", "< |endoftext|>< |eot_id|>"),
        ("[INST] Hi [/INST]", "[ INST] Hi [ /INST]"),
        ("<<SYS>>x<</SYS>>", "< <SYS>>x< </SYS>>"),
        ("<start_of_turn>user", "< start_of_turn>user"),
        ("<｜begin▁of▁sentence｜>x", "< ｜begin▁of▁sentence｜>x"),
        ("<s>[INST] Hi", "< s>[ INST] Hi"),
        ("A</s><s>B", "A< /s>< s>B"),
        ("<pad><eos>", "< pad>< eos>"),
    ],
)  # fmt: skip
def test_control_tokens_are_defused(text, defused):
    chat = pp.Conversation(
        (
            pp.Message("system", text),
            pp.Message("user", "a", context=text),
            pp.Message("assistant", "x", reasoning=f"So {text} it is"),
        )
    )
    verdict = filters.control_tokens(chat)
    assert verdict.notes == ("control tokens defused",)
    one, two, three = verdict.conversation.messages
    assert (one.content, two.context, three.reasoning) == (defused, defused, f"So {defused} it is")
    assert score(filters.control_tokens(verdict.conversation), "control_tokens") == 0
    assert dropped(filters.control_tokens(chat, do="drop")).score == score(verdict, "control_tokens") > 0
    kept = filters.control_tokens(chat, do="keep")
    assert kept.conversation is chat and kept.drop is None and score(kept, "control_tokens") > 0


@pytest.mark.parametrize(
    "text",
    [
        "a <|> b",
        "Use <s>old</s> new prices.",
        "if a <b> c",
        "x[INSTALL]",
        "a < b || c |> d",
        "The camera [EOS] is old.",
        "<p>",
        *ORDINARY,
    ],
)
def test_what_is_no_control_token(text):
    chat = reply(text)
    assert filters.control_tokens(chat).conversation is chat


def test_more_control_tokens_can_be_named():
    verdict = filters.control_tokens(reply("a ~END~ b"), extra=("~END~",))
    assert verdict.conversation.messages[1].content == "a ~ END~ b"


def test_the_rejected_reply_is_edited_too():
    chat = talk("a", "b", rejected=pp.Message("assistant", "no<|im_start|>", learn=False))
    edited = filters.control_tokens(chat).conversation
    assert (
        edited.rejected == pp.Message("assistant", "no< |im_start|>", learn=False)
        and edited.messages is not None
    )


# --- The end of a turn, at the end of a reply -----------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Hello.<|im_end|>", "<|im_end|>"),
        ("Hello. </s>", "</s>"),
        ("Hello.\n<|endoftext|>\n", "<|endoftext|>"),
        ("Hello.<end_of_turn>", "<end_of_turn>"),
        ("Hello.<|eot_id|>", "<|eot_id|>"),
        ("Hello.<eos>", "<eos>"),
        ("Hello.<|end|>", "<|end|>"),
        ("Hello.<｜end▁of▁sentence｜>", "<｜end▁of▁sentence｜>"),
        ("Hello.<|im_end|>\n<|endoftext|>", "<|im_end|><|endoftext|>"),
        ("Hello. </s><s>[INST]", "</s><s>[INST]"),
        ("Hello.<|im_end|>\n<|im_start|>user\n", "<|im_end|><|im_start|>user"),
    ],
)
def test_the_end_of_a_turn_is_cut_off_a_reply(text, cut):
    verdict = filters.control_tokens(reply(text))
    assert verdict.conversation.messages[1].content == "Hello."
    assert verdict.notes == (f"tokens cut off around words: {cut}",)
    assert score(verdict, "control_tokens") > 0
    assert filters.control_tokens(reply(text), do="keep").conversation == reply(text)
    assert dropped(filters.control_tokens(reply(text), do="drop"))


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("It ends with <|im_end|> or so.", "It ends with < |im_end|> or so."),
        ("Write <|im_end|>, then <|im_end|>", "Write < |im_end|>, then < |im_end|>"),
        ("It ends with `<|im_end|>`", "It ends with `< |im_end|>`"),
        ("Hello. [/INST]", "Hello. [ /INST]"),
        ("Hello.<|im_start|>", "Hello.< |im_start|>"),
        ("Hello.<|im_end|>\n<|im_start|>user\nHi", "Hello.< |im_end|>\n< |im_start|>user\nHi"),
    ],
)
def test_other_places_are_spelled_as_ever(text, spelled):
    verdict = filters.control_tokens(reply(text))
    assert verdict.conversation.messages[1].content == spelled
    assert verdict.notes == ("control tokens defused",)


def test_where_a_prompt_speaks_of_the_token_nothing_is_cut():
    asked = filters.control_tokens(talk("Is <|im_end|> or </s> the end?", "In ChatML it is <|im_end|>"))
    assert asked.conversation.messages[1].content == "In ChatML it is < |im_end|>"
    scraped = filters.control_tokens(talk("[INST] Hi [/INST]<|im_end|>", "Hello.</s>")).conversation
    assert scraped.messages == talk("[ INST] Hi [ /INST]", "Hello.").messages


def test_every_reply_and_the_rejected_one_are_cut_and_told_once():
    chat = talk("a", "b</s>", "c", "d</s>", rejected=pp.Message("assistant", "e<eos>"))
    verdict = filters.control_tokens(chat)
    assert verdict.conversation == talk("a", "b", "c", "d", rejected=pp.Message("assistant", "e"))
    assert verdict.notes == ("tokens cut off around words: </s>, <eos>",)


def test_a_reply_of_nothing_else_is_dropped_unless_it_calls():
    assert filters.control_tokens(reply("<|im_end|>\n")).reason == "nothing but control tokens in a message"
    assert filters.control_tokens(talk("a", "b", rejected=pp.Message("assistant", "</s>"))).reason
    calls = pp.Message("assistant", "<|im_end|>", tool_calls=({"function": {"name": "add"}},))
    chat = pp.Conversation((pp.Message("user", "Hi"), calls))
    assert filters.control_tokens(chat).conversation.messages[1] == pp.replace(calls, content="")


def test_marked_words_lose_their_end_too():
    marked = pp.Message("assistant", "Hm. 4</s>", learn=(("Hm. ", False), ("4<", True), ("/s>", False)))
    chat = pp.Conversation((pp.Message("user", "2+2?"), marked))
    made = filters.control_tokens(chat).conversation.messages[1]
    assert made.learn == (("Hm. ", False), ("4", True)) and made.marked_words(True)


def test_every_text_of_a_dump_is_cut_and_so_is_its_beginning():
    end, begin = "<|eot_id|>", "<|begin_of_text|>"
    chat = pp.Conversation(
        (
            pp.Message("system", f"{begin}Be kind.{end}"),
            pp.Message("user", f"Hi{end}", context=f"there{end}\n"),
            pp.Message("assistant", f"Hello.{end}", reasoning=f"Hm.{end}"),
        )
    )
    verdict = filters.control_tokens(chat)
    system, user, said = verdict.conversation.messages
    assert (system.content, user.content, user.context) == ("Be kind.", "Hi", "there")
    assert (said.content, said.reasoning) == ("Hello.", "Hm.")
    assert verdict.notes == (f"tokens cut off around words: {begin}, {end}",)


def test_a_prompt_may_ask_for_a_token():
    asked = talk("What does this mean: <|endoftext|>", "It ends a text.")
    assert (
        filters.control_tokens(asked).conversation.messages[0].content
        == "What does this mean: < |endoftext|>"
    )


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Once upon a time.<|endoftext|>", "Once upon a time."),
        ("<s>Once upon a time.</s>", "Once upon a time."),
        ("<|begin_of_text|>Once.<|end_of_text|>\n", "Once."),
        ("One.<|endoftext|>Two.<|endoftext|>", "One.< |endoftext|>Two."),
        ("Once upon a time.[EOS]", "Once upon a time."),
        ("Use <s>old</s> new prices.", "Use <s>old</s> new prices."),
    ],
)
def test_plain_text_loses_the_tokens_around_it(text, cut):
    plain = pp.Conversation((pp.Message("assistant", text),), meta={"plain": True})
    assert filters.control_tokens(plain).conversation.messages[0].content == cut


def test_marked_words_lose_their_beginning_too():
    marked = pp.Message("assistant", "<s>Hm. 4</s>", learn=(("<s>H", False), ("m. 4</s>", True)))
    made = filters.control_tokens(
        pp.Conversation((pp.Message("user", "2+2?"), marked))
    ).conversation.messages[1]
    assert made.content == "Hm. 4" and made.learn == (("H", False), ("m. 4", True))
