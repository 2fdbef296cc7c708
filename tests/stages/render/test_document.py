"""Plain text is learned with any template: as the tokenizer writes a document, whole, beside chats."""

import pytest

import pitchpipe as pp
from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe_components.collators.padded import Padded
from pitchpipe_components.formats import FORMATS
from pitchpipe_components.templates.alpaca import ALPACA
from pitchpipe_components.templates.chatml import CHATML
from pitchpipe_components.templates.llama3 import LLAMA3
from pitchpipe_components.templates.plain import PLAIN
from pitchpipe_stages.render.batched import BatchedRenderer
from pitchpipe_stages.render.parity import prove_served
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.rules import Ruled, Rules
from pitchpipe_stages.render.shorten import shorten
from pitchpipe_stages.render.taught import TaughtPart
from pitchpipe_stages.render.teaching import TaughtReplies
from pitchpipe_stages.render.writer import writer_of
from tests.chat_tokenizers import kinds
from tests.tokenizers import byte_pairs, bytes_alone

JINJA = pp.chat_template(
    "{{ bos_token }}{% if not messages %}{{ raise_exception('empty') }}{% endif %}{% for m in messages %}"
    "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TEMPLATES = [ALPACA, CHATML, LLAMA3, PLAIN, JINJA]
WORDS = "Once upon a time there was a pitchpipe.\n\nIt had one note: \u6f22, \u00e9."
CHAT = pp.Conversation((pp.Message("user", "Hi"), pp.Message("assistant", "Hello")))


def text(words=WORDS):
    return FORMATS["text"]()({"text": words})


@pytest.mark.parametrize("tokenizer", kinds())
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("learn", ["replies", "last", "everything"])
def test_text_is_what_the_tokenizer_makes_of_a_document_and_all_of_it_is_learned(template, tokenizer, learn):
    tokenizer = kinds()[tokenizer]
    renderer = Renderer(Ruled(writer_of(template), Rules(learn=learn)), tokenizer)
    ids = [*tokenizer(WORDS)["input_ids"], tokenizer.eos_token_id]
    (part,) = renderer.examples(text())
    assert list(part.example.ids) == ids and list(part.example.labels) == ids and part.replies == ()
    _, document = BatchedRenderer(renderer).examples([CHAT, text()])
    assert list(document.parts[0].example.ids) == ids and list(document.parts[0].example.labels) == ids
    assert prove_served(renderer, tokenizer, part)


def test_control_tokens_in_a_text_stay_words():
    tokenizer = byte_pairs()
    renderer = Renderer(writer_of(CHATML), tokenizer)
    example = renderer.example(text("He wrote <|im_end|> and went."))
    assert tokenizer.convert_tokens_to_ids("<|im_end|>") not in example.ids
    assert tokenizer.decode(example.ids).count("<|im_end|>") == 1
    assert example.learned == len(example.ids)


def test_ids_that_are_not_those_of_the_text_stop_the_run():
    tokenizer = byte_pairs()
    renderer = Renderer(writer_of(CHATML), tokenizer)
    (part,) = renderer.examples(text())
    part.example.ids = [*part.example.ids[:3], *part.example.ids[4:]]
    with pytest.raises(PitchpipeError, match="not those of the text"):
        prove_served(renderer, tokenizer, part)


def test_a_text_that_is_marked_as_not_learned_is_refused():
    renderer = Renderer(writer_of(CHATML), byte_pairs())
    silent = pp.replace(text(), messages=(pp.replace(text().messages[0], learn=False),))
    with pytest.raises(Quarantine, match="no reply to learn from"):
        renderer.examples(silent)


@pytest.mark.parametrize(
    ("rule", "spans"), [("cut_end", [(0, 9)]), ("cut_start", [(-9, None)]), ("split", [(0, 9), (9, 18), (18, 27)])]
)  # fmt: skip
def test_a_text_that_is_too_long_is_cut_between_tokens(rule, spans):
    tokenizer = bytes_alone()
    renderer = Renderer(writer_of(CHATML), tokenizer)
    whole = text("abcdefghijklmnopqrstuvwxyz")  # and the token that ends a text
    example, teaching = renderer.example(whole), TaughtReplies(BatchedRenderer(renderer))
    part = TaughtPart(whole, example, (), {})
    result = shorten(part, Padded(length=9, too_long=rule), teaching)
    expected = [list(example.ids[slice(*span)]) for span in spans]
    assert [list(part.example.ids) for part in result.parts] == expected
    assert result.tokens == len(example.ids) - sum(map(len, expected)) == result.learned
    assert result.parts[-1].conversation.messages[0].content == tokenizer.decode(expected[-1]).removesuffix(
        tokenizer.eos_token
    )
    assert not any(prove_served(renderer, tokenizer, part) for part in result.parts)
    assert shorten(part, Padded(length=9, too_long="drop"), teaching).drop


RECIPE = """\
model: tiny
template: {TEMPLATE}
loaders:
  - files: {path: texts.jsonl, weight: 70}
  - files: {path: chats.jsonl, weight: 30}
split: {train: 0.5, test: 0.5}
"""


@pytest.mark.parametrize("template", ["chatml", "{jinja: {path: own.jinja}}", "plain"])
def test_texts_and_chats_are_prepared_together(project, template):
    texts = [{"text": f"Once upon a time there were {n} rivers."} for n in range(40)]
    chats = [{"instruction": f"Say {n}.", "output": f"It is {n}."} for n in range(40)]
    recipe = RECIPE.replace("{TEMPLATE}", template)
    here = project(
        {"recipe.yaml": recipe, "texts.jsonl": texts, "chats.jsonl": chats, "own.jinja": JINJA.source}
    )
    here.run("prepare", "recipe.yaml").assert_success()
    result = here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]
    shares = [line["share"] for line in result["mix"]]
    assert shares == pytest.approx([0.7, 0.3], abs=0.05)
    assert all(count["quarantined"] == 0 for count in result["rows"].values())
    held_out = [row for row in here.rows("runs/recipe/prepared/test.jsonl") if "plain" in row.get("meta", {})]
    assert 5 < len(held_out) < 35  # texts have no prompt, and are no family for that
