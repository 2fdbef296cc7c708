"""The card of an adapter: only where loaders need a word, and never with a place on this machine."""

from pathlib import Path

import pytest

from pitchpipe_components.models import Tiny
from pitchpipe_stages.model.card import Card
from pitchpipe_stages.model.ends import Ends
from tests.tokenizers import bytes_alone

ENDS = Ends(template=[3], loaders=[0], every=[0, 3], plain=[])


@pytest.fixture(scope="module")
def model():
    return Tiny().weights()


def card(model, ends=ENDS, new=(), rows=264):
    return Card.of(model, bytes_alone(), ends, list(new), rows)


def test_none_where_loaders_need_no_help(model):
    assert card(model, Ends([0], [0], [0], [])) is None
    assert card(model, Ends([0], [0], [0], []), new=[200]) is None  # the base has a row for it


def test_it_names_the_ends(model):
    page = card(model).page("model")
    assert "Replies end with `<|im_end|>`." in page and "they stop at `<|end|>`" in page
    assert "resize" not in page and "AutoModelForCausalLM.from_pretrained(folder, gen" in page
    assert "they stop nowhere" in card(model, Ends([3], [], [0, 3], [])).page("model")


def test_new_tokens_need_rows(model):
    page = card(model, Ends([0], [0], [0], []), new=[264, 265]).page("model")
    assert "base.resize_token_embeddings(266)" in page and "cannot load it" in page


def test_no_place_on_this_machine(model):
    assert str(Path(Tiny().folder)) not in card(model).page("model")
    assert "base_model:" not in card(model).page("model")
    model.name_or_path = "someone/some-model"
    assert "---\nbase_model: someone/some-model\nlibrary_name: peft\n---\n" in card(model).page("model")


def test_the_warning_has_the_line_to_pass(model):
    said = card(model).warning(Path("runs/a/model"))
    assert (
        'AutoPeftModelForCausalLM.from_pretrained("runs/a/model",'
        ' generation_config=GenerationConfig.from_pretrained("runs/a/model"))'
    ) in said
    assert "runs/a/model/README.md shows it for other loaders" in said


def test_the_bases_search_is_named_and_an_encoder_decoder_has_its_own_classes():
    from pitchpipe_components.models.tiny.seq2seq import TinySeq2seq

    none_missed = Ends([0], [0], [0], [])
    card = Card.of(TinySeq2seq().weights(), bytes_alone(), none_missed, [], 264, "num_beams 4, min_length 56")
    page, said = card.page("model"), card.warning(Path("model"))
    assert "own settings (num_beams 4, min_length 56) can forbid" in page
    assert "AutoPeftModelForSeq2SeqLM" in page and "AutoPeftModelForSeq2SeqLM" in said
    assert "CausalLM" not in page + said and "pipeline" not in page
