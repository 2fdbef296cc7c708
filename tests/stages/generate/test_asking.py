"""Answers are the likeliest tokens and nothing else, whatever a base's generation config says."""

import pytest
import torch
from transformers import GenerationConfig

from pitchpipe.host.contracts import Prompt, Sampling
from pitchpipe_components.models import Tiny
from pitchpipe_components.models.tiny.seq2seq import TinySeq2seq
from pitchpipe_stages.generate import asking
from tests.tokenizers import bytes_alone

# As models carry them: a summarizer's, a chat model's, a translator's.
CONFIGS = [
    {
        "num_beams": 4,
        "length_penalty": 2.0,
        "no_repeat_ngram_size": 3,
        "min_length": 12,
        "early_stopping": True,
    },
    {"do_sample": True, "temperature": 0.9, "top_p": 0.8, "repetition_penalty": 1.3, "max_length": 9},
    {"forced_bos_token_id": 70, "forced_eos_token_id": 0, "suppress_tokens": [66, 67], "max_new_tokens": 2},
]
TEXTS = ["Name the capital of Peru.", "Say kiro twice.", "a", "Which color has a leaf? And what does it do?"]


def prompts(tokenizer):
    return [Prompt(str(n), tokenizer(text)["input_ids"], text, "") for n, text in enumerate(TEXTS)]


def asked(model, batch_size=3, most=8, stops=(0,)):
    tokenizer = bytes_alone()
    with asking.ready(model):
        return list(asking.answers(model, tokenizer, list(stops), prompts(tokenizer), batch_size, most))


@pytest.mark.parametrize("base", [Tiny, TinySeq2seq])
@pytest.mark.parametrize("given", CONFIGS)
def test_the_bases_own_settings_decide_nothing_and_stay(base, given):
    model = base().weights()
    plain = asked(model)
    model.generation_config.update(**given)
    before = model.generation_config.to_dict()
    assert asked(model) == plain
    assert model.generation_config.to_dict() == before


def test_answers_come_in_the_order_of_the_prompts_whatever_is_asked_together():
    model = Tiny().weights()
    one_by_one = asked(model, batch_size=1)
    assert [asked(model, batch_size=size) for size in (2, 3, 9)] == [one_by_one] * 3
    heard = []
    tokenizer = bytes_alone()
    with asking.ready(model):
        list(asking.answers(model, tokenizer, [0], prompts(tokenizer), 3, 4, heard.append))
    assert heard == [3, 1]


def test_a_decoder_writes_what_it_would_write_token_by_token():
    model, tokenizer = TinySeq2seq().weights().eval(), bytes_alone()
    for text, answer in zip(TEXTS, asked(model), strict=True):
        ids, written = torch.tensor([tokenizer(text)["input_ids"]]), [model.config.decoder_start_token_id]
        with torch.no_grad():
            for _ in range(8):
                logits = model(input_ids=ids, decoder_input_ids=torch.tensor([written])).logits
                written.append(int(logits[0, -1].argmax()))
                if written[-1] == 0:
                    break
        said = [token for token in written[1:] if token != 0]
        assert answer.text == tokenizer.decode(said, skip_special_tokens=True)
        assert answer.ended == (written[-1] == 0)


def test_every_stop_ends_an_answer():
    model = Tiny().weights()
    (first, *_) = asked(model, most=1, stops=())
    token = bytes_alone()(first.text)["input_ids"][0]
    assert not first.ended
    ended, *_ = asked(model, stops=(0, token))
    assert (ended.text, ended.ended) == ("", True)


@pytest.mark.parametrize("kind", ["gpt2", "bart"])
def test_a_model_that_has_learned_its_positions_is_not_asked_beyond_them(kind):
    from transformers import BartConfig, BartForConditionalGeneration, GPT2Config, GPT2LMHeadModel

    size = len(bytes_alone())
    torch.manual_seed(0)
    model = (
        GPT2LMHeadModel(GPT2Config(vocab_size=size, n_positions=48, n_embd=16, n_layer=1, n_head=2))
        if kind == "gpt2"
        else BartForConditionalGeneration(
            BartConfig(
                vocab_size=size, max_position_embeddings=48, d_model=16, encoder_layers=1, decoder_layers=1,
                encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16,
            )
        )
    )  # fmt: skip
    assert not any(answer.ended for answer in asked(model, most=99, stops=(3,)))


def test_what_a_call_leaves_open_is_not_taken_from_the_model():
    """Transformers fills a given config from the model's: here it must find none of it."""
    model = Tiny().weights()
    model.generation_config = GenerationConfig(**CONFIGS[0])
    with asking.plain_settings(model, [0], 1) as plain:
        used, _ = model._prepare_generation_config(None, max_new_tokens=5)
        assert model.generation_config is plain
    assert (used.num_beams, used.no_repeat_ngram_size, used.min_length) == (1, 0, 0)


def test_tokens_are_drawn_by_chance_where_that_is_asked_for():
    model, tokenizer = Tiny().weights(), bytes_alone()
    same = [Prompt(str(number), tokenizer("Say it.")["input_ids"], "", "") for number in range(8)]

    def drawn(seed=0, **how):
        torch.manual_seed(seed)
        with asking.ready(model):
            found = asking.answers(model, tokenizer, [], same, 8, 6, how=Sampling(**how))
            return [tuple(answer.ids) for answer in found]

    (likeliest,) = set(drawn())
    assert len(set(drawn(temperature=1.5))) > 1
    assert drawn(temperature=1.5) == drawn(temperature=1.5) != drawn(temperature=1.5, seed=1)
    for narrow in ({"top_k": 1}, {"top_p": 1e-6}, {"min_p": 1.0}):
        assert set(drawn(temperature=1.5, **narrow)) == {likeliest}
