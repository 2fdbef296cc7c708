"""What a token stands for."""

import pytest

import pitchpipe as pp
from pitchpipe.records.example import IGNORED, Example
from pitchpipe_components.templates.alpaca import ALPACA_SHORT
from pitchpipe_components.templates.chatml import CHATML
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.writer import writer_of
from pitchpipe_tools.peek.tokens import Token, Vocabulary, count_stretches, first_difference, stretches
from tests.chat_tokenizers import kinds

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
    renderer = Renderer(writer_of(template), tokenizer)
    tokens = Vocabulary(tokenizer, renderer).tokens(renderer.example(SPOKEN))
    said = b"".join(token.utf8 for token in tokens).decode()
    text = "".join(piece.text for piece in renderer.pieces(SPOKEN))
    if kind.startswith("sentence pieces") and "never" not in kind:  # these begin stretches with a space
        said, text = said.replace(" ", ""), text.replace(" ", "")
    assert said == text
    learned = b"".join(token.utf8 for token in tokens if token.learned).decode()
    assert learned.strip().startswith("Ω: 12 345 é\n  as it was said.") and learned.endswith(renderer.stop)
    assert [token.utf8.decode() for token in tokens if token.stop and token.learned] == [renderer.stop]
    if template is CHATML:
        words = [token.utf8.decode() for token in tokens if token.control]
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
    assert (
        count_stretches(tokens) == (3, 2) and count_stretches(of("a", ".")) == (0, 0) and stretches([]) == []
    )


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
    assert first_difference(of(*one), of(*other)) == at


def test_a_part_of_a_character_has_no_text():
    assert Token(1, "Î", b"\xce", True, False, False).text is None
    assert Token(1, "ÎĶ", "Δ".encode(), True, False, False).text == "Δ"


def test_an_empty_example_has_no_tokens():
    tokenizer = kinds()["bytes"]
    assert Vocabulary(tokenizer, Renderer(writer_of(CHATML), tokenizer)).tokens(Example([], [])) == []


def test_tokens_that_were_added_stand_for_what_they_are_called():
    from copy import deepcopy

    tokenizer = deepcopy(kinds()["bytes"])
    tokenizer.add_tokens(["<né>"])
    index = tokenizer.convert_tokens_to_ids("<né>")
    (token,) = Vocabulary(tokenizer, Renderer(writer_of(CHATML), tokenizer)).tokens(
        Example([index], [IGNORED])
    )
    assert token.text == "<né>" and not token.control and not token.learned


def test_an_unknown_word_is_no_control_token():
    tokenizer = kinds()["sentence pieces, never"]
    ids = [tokenizer.unk_token_id, tokenizer.bos_token_id]
    unknown, begin = Vocabulary(tokenizer, Renderer(writer_of(CHATML), tokenizer)).tokens(Example(ids, ids))
    assert not unknown.control and begin.control and unknown.learned
