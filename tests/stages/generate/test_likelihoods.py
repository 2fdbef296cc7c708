"""Log-probabilities that are read in parts are those of each text read alone, for models of many families."""

import random

import pytest
import torch

from pitchpipe_stages.generate.likely.asked import contexts_of, fitting
from pitchpipe_stages.generate.likely.likelihoods import likelihoods
from pitchpipe_stages.generate.likely.prefixes import clusters
from pitchpipe_stages.generate.likely.reading import DecoderReader
from tests.families import FAMILIES, ROWS, small

CHANCE = random.Random(0)


def sharp(model):
    """Random weights of the usual size attend to all places alike: a wrong place would hardly show."""
    with torch.no_grad():
        for weight in model.parameters():
            weight *= 6 if weight.dim() == 2 else 1
    return model.eval()


def some(count):
    return tuple(CHANCE.randrange(5, ROWS) for _ in range(count))


def questions():
    """As tests ask: after examples; several answers to a question; single letters; texts alone."""
    shots = some(40)
    asked = [(shots + some(n), some(CHANCE.randrange(1, 5))) for n in (3, 20, 7)]
    for n in (3, 9, 18, 20):
        question = shots + some(n)
        asked += [(question, some(length)) for length in (1, 1, 3, 4)]
    for n in (1, 12, 60):
        question = some(n)
        asked += [(question, some(length)) for length in (9, 2, 1)]
    follower = some(4)
    return [*asked, (some(9), some(7)), (shots, follower), (shots, follower), (shots, follower[:2])]


def alone(model, asked):
    context, follower = asked
    with torch.inference_mode():
        logits = model(torch.tensor([context + follower[:-1]])).logits[0, -len(follower) :]
    values = logits.float().log_softmax(-1)[range(len(follower)), follower]
    return values.sum().item(), logits.argmax(-1).tolist() == list(follower)


def found(model, asked, batch_size=4):
    said, told = {}, []
    with torch.inference_mode():
        for batch in likelihoods(model, asked, batch_size, told.append):
            said |= batch
    return said, told


@pytest.mark.parametrize("family", FAMILIES)
def test_they_are_those_of_each_text_alone(family):
    model, asked = sharp(small(family)), questions()
    said, told = found(model, asked)
    for one in asked:
        value, greedy = alone(model, one)
        assert said[one] == (pytest.approx(value, rel=1e-5, abs=1e-4), greedy)
    in_parts = {"mamba": "cannot go on", "lfm2": "more than keys"}
    assert (in_parts[family] in told[0]) if family in in_parts else not told


@pytest.mark.parametrize("family", ["t5", "bart"])
def test_behind_an_encoder_too(family):
    from transformers import AutoConfig, AutoModelForSeq2SeqLM

    sizes = {"num_layers": 2, "num_heads": 4, "d_kv": 8, "d_ff": 32} if family == "t5" else {
        "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
    }  # fmt: skip
    torch.manual_seed(0)
    starts = {"decoder_start_token_id": 2, "pad_token_id": 0}
    config = AutoConfig.for_model(family, d_model=32, vocab_size=ROWS, **sizes, **starts)
    model = sharp(AutoModelForSeq2SeqLM.from_config(config))
    asked = questions()
    said, _ = found(model, asked)
    for context, follower in asked:
        with torch.inference_mode():
            read = model(input_ids=torch.tensor([context]), labels=torch.tensor([follower]))
        values = read.logits[0].log_softmax(-1)[range(len(follower)), follower]
        greedy = read.logits[0].argmax(-1).tolist() == list(follower)
        assert said[context, follower] == (pytest.approx(values.sum().item(), rel=1e-5, abs=1e-4), greedy)


def test_what_is_shared_is_read_once(monkeypatch):
    """Of each place, the tokens that the model is given are counted."""
    model, read = sharp(small("llama")), []
    forward = model.forward
    monkeypatch.setattr(
        model, "forward", lambda **given: read.append(given["input_ids"].numel()) or forward(**given)
    )
    shots = some(64)
    asked = [(context, some(5)) for context in [shots + some(8) for _ in range(10)] for _ in range(4)]
    found(model, asked, batch_size=40)
    each = 64 + 10 * 8 + 40 * 4
    tried = 64 + 2 * 8 + 4 * 4 + 4 * (64 + 8 + 4)  # the proof, in both ways
    assert sum(read) == each + tried


def test_a_window_that_is_too_short_for_a_gap_is_told():
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.for_model(
        "mistral", hidden_size=32, intermediate_size=32, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=8, vocab_size=ROWS, sliding_window=16,
    )  # fmt: skip
    torch.manual_seed(0)
    model = sharp(AutoModelForCausalLM.from_config(config))
    asked = questions()
    said, told = found(model, asked)
    assert "no more than 16 tokens" in told[0]
    for one in asked:
        assert said[one][0] == pytest.approx(alone(model, one)[0], rel=1e-5, abs=1e-4)


def test_a_model_that_gives_other_numbers_in_parts_is_read_whole(monkeypatch):
    model, asked = sharp(small("llama")), questions()
    expected, _ = found(model, asked)
    placed = DecoderReader._placed
    monkeypatch.setattr(
        DecoderReader,
        "_placed",
        lambda self, ids, seen: placed(self, ids, seen) | {"position_ids": torch.zeros_like(ids)},
    )
    said, told = found(model, asked)
    assert "other numbers" in told[0]
    assert all(said[one][0] == pytest.approx(expected[one][0], rel=1e-5, abs=1e-4) for one in asked)


def test_contexts_are_cut_at_the_left_as_far_as_a_model_reads():
    assert fitting([1, 2, 3, 4], [5, 6], 4) == ((2, 3, 4), (5, 6))
    assert fitting([1, 2, 3, 4], [5, 6], None) == ((1, 2, 3, 4), (5, 6))
    assert fitting([1, 2, 3, 4], [5, 6], 3, apart=True) == ((2, 3, 4), (5, 6))
    assert fitting([1, 2], [3, 4, 5, 6], 3) == ((), (3, 4, 5, 6))


def test_the_longest_beginning_that_saves_most_is_shared():
    system, subjects = some(40), [some(200), some(200)]
    asked = [(system + subject + some(9), some(1)) for subject in subjects for _ in range(5)]
    parts = clusters(contexts_of(asked, 8))
    assert [len(part.contexts) for part in parts] == [5, 5]
    assert all(200 < part.shared <= 240 for part in parts)
    lonely = [(some(50), some(1)) for _ in range(3)]
    assert [part.shared for part in clusters(contexts_of(lonely, 8))] == [0]
