"""The teacher `model`: models of this process, beside plain Transformers."""

import shutil

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from pitchpipe_stages.generate.requests.in_process import ModelsInProcess
from tests.asked_teachers import desk_of, ends, questions, spending
from tests.stages.generate.asked_folders import saved

pytestmark = pytest.mark.slow(seconds=10)
WORDS = ["Hi", "What is the capital of a land far away?", "Say it again, please.", "No."]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("models") / "base")


def asked(folder, model, asks, **options):
    desk = desk_of(folder, {"model": {"folder": str(model), **options}})
    replies = desk.ask("writer", asks, "asking")
    return replies, spending(folder)


def by_transformers(base, words, count):
    tokenizer, model = AutoTokenizer.from_pretrained(base), AutoModelForCausalLM.from_pretrained(base)
    turns = [{"role": "user", "content": words}]
    prompt = tokenizer.apply_chat_template(
        turns, add_generation_prompt=True, return_dict=True, return_tensors="pt"
    )
    with torch.inference_mode():
        ids = model.generate(**prompt, max_new_tokens=count, do_sample=False)[
            0, prompt["input_ids"].shape[1] :
        ]
    return tokenizer.decode(ids, skip_special_tokens=True)


def test_replies_are_those_of_transformers_and_kept(tmp_path, base):
    asks = questions(*WORDS, max_tokens=6)
    replies, spent = asked(tmp_path, base, asks, batch_size=3)
    assert [reply.text for reply in replies] == [by_transformers(base, words, 6) for words in WORDS]
    assert set(ends(replies)) <= {"stop", "cut"} and spent.dollars == 0 and spent.requests == 4
    assert all(reply.usage.written <= 6 for reply in replies)
    moved = shutil.copytree(base, tmp_path / "elsewhere")
    again, spent = asked(tmp_path, moved, asks)
    assert again == replies and spent.requests == 4


def test_other_weights_are_another_teacher(tmp_path, base):
    asks = questions("Hi", max_tokens=4)
    asked(tmp_path, base, asks)
    other = shutil.copytree(base, tmp_path / "other")
    model = AutoModelForCausalLM.from_pretrained(other)
    with torch.no_grad():
        model.get_output_embeddings().weight.neg_()
    model.save_pretrained(other)
    _, spent = asked(tmp_path, other, asks)
    assert spent.requests == 2


def test_what_is_drawn_depends_on_nth_and_not_on_the_others_of_a_batch(tmp_path, base):
    drawn = [questions("Hi", max_tokens=8, temperature=1.0, nth=nth)[0] for nth in range(4)]
    together, _ = asked(tmp_path, base, [*drawn, *questions("No.", max_tokens=8)])
    (tmp_path / "run" / "asks.sqlite").unlink()
    alone, _ = asked(tmp_path, base, drawn[2:3])
    assert alone[0].text == together[2].text
    assert len({reply.text for reply in together[:4]}) > 1


def test_a_question_that_is_too_long_fails_alone(tmp_path, base):
    replies, _ = asked(tmp_path, base, questions("Hi", "word " * 5000, max_tokens=4))
    assert replies[0].end in ("stop", "cut")
    assert replies[1].end == "failed" and "the model reads" in replies[1].problem


def test_a_run_that_asks_nothing_new_loads_no_weights(tmp_path, base, monkeypatch):
    asked(tmp_path, base, questions("Hi", max_tokens=4))
    monkeypatch.delattr(ModelsInProcess, "answers")
    replies, _ = asked(tmp_path, base, questions("Hi", max_tokens=4))
    assert len(replies) == 1


def test_a_place_that_is_none_is_named(tmp_path):
    from pitchpipe.errors import PitchpipeError

    with pytest.raises(PitchpipeError, match=r"there is no .*nowhere"):
        asked(tmp_path, tmp_path / "nowhere", questions("Hi"))
