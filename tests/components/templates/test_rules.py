"""The rules `learn` and `reasoning`: what the loss covers."""

import pytest

import pitchpipe as pp
from pitchpipe_components.templates import DATA
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.rules import Ruled, Rules
from pitchpipe_stages.render.writer import writer_of
from tests.components.templates.talks import TALK, THOUGHT, change, learned

MASKS = [
    ("replies", TALK, "a.{eos}b.{eos}"),
    ("last", TALK, "b.{eos}"),
    ("last", change(3, learn=False), "a.{eos}"),
    ("last", change(1, learn=True), "a.{eos}b.{eos}"),
    ("replies", change(1, learn=False), "b.{eos}"),
    ("replies", change(0, learn=True), "A?a.{eos}b.{eos}"),
]


@pytest.mark.parametrize(("learn", "conversation", "expected"), MASKS)
def test_the_loss_covers_what_the_recipe_and_the_messages_say(learn, conversation, expected):
    assert learned(Ruled(writer_of(DATA["plain"]), Rules(learn=learn)), conversation) == expected


@pytest.mark.parametrize("name", DATA)
def test_everything_is_everything(name, tokenizer):
    example = Renderer(Ruled(writer_of(DATA[name]), Rules(learn="everything")), tokenizer).example(TALK)
    assert example.labels == example.ids


@pytest.mark.parametrize("learn", ["replies", "last", "everything"])
def test_what_a_model_is_asked_with_does_not_depend_on_what_is_learned(learn, tokenizer):
    ids, reply = Renderer(Ruled(writer_of(DATA["vicuna"]), Rules(learn=learn)), tokenizer).prompt(TALK, 1)
    assert tokenizer.decode(ids).endswith("USER: A? ASSISTANT:") and reply == "a."


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("last", "<think>\nLate.\n</think>\n\nb.<|im_end|>"),
        ("keep", "<think>\nEarly.\n</think>\n\na.<|im_end|><think>\nLate.\n</think>\n\nb.<|im_end|>"),
        ("strip", "a.<|im_end|>b.<|im_end|>"),
    ],
)
def test_reasoning_is_kept_or_stripped_by_the_rule(rule, expected):
    assert learned(Ruled(writer_of(DATA["chatml"]), Rules(reasoning=rule)), THOUGHT) == expected


def test_a_template_without_reasoning_writes_it_in_the_words_if_it_stood_there():
    with pytest.raises(pp.Quarantine, match="`reasoning: strip` leaves it out"):
        learned(Ruled(writer_of(DATA["alpaca"]), Rules()), THOUGHT)
    in_words = pp.replace(THOUGHT, meta={"reasoning_in_words": True})
    early, late = Ruled(writer_of(DATA["alpaca"]), Rules()).written(in_words).examples
    said = ["".join(piece.text for piece in one.pieces if piece.learn) for one in (early, late)]
    assert said == ["<think>\nEarly.\n</think>\n\na.{eos}", "<think>\nLate.\n</think>\n\nb.{eos}"]
    assert "Early" not in "".join(piece.text for piece in late.pieces)  # no server has it
    assert learned(Ruled(writer_of(DATA["alpaca"]), Rules(reasoning="strip")), THOUGHT) == "a.{eos}b.{eos}"


@pytest.mark.parametrize("rule", ["last", "keep", "strip"])
def test_a_server_keeps_reasoning_by_the_same_rule(rule, tokenizer):
    renderer = Renderer(Ruled(writer_of(DATA["chatml"]), Rules(reasoning=rule)), tokenizer)
    served = tokenizer.apply_chat_template(
        [{"role": m.role, "content": m.content, "reasoning_content": m.reasoning} for m in THOUGHT.messages],
        chat_template=renderer.chat_template, return_dict=True,
    )  # fmt: skip
    assert served["input_ids"] == renderer.example(THOUGHT).ids
