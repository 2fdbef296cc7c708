"""The teacher `model`: models of this process, beside plain Transformers."""

import asyncio
import shutil

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.generation import logits_process as by

from pitchpipe.host.contracts import Ask, Sampling
from pitchpipe_stages.generate import asking
from pitchpipe_stages.generate.drawing import Draws, Halts
from pitchpipe_stages.generate.requests.in_process import ModelsInProcess
from pitchpipe_stages.generate.requests.sections import TEACHERS
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


def test_what_is_drawn_is_the_same_alone_and_in_one_batch(tmp_path, base, monkeypatch):
    drawn = [questions("Hi", max_tokens=8, temperature=1.0, nth=nth)[0] for nth in range(4)]
    others = questions("No.", "Say it again, please.", max_tokens=8, temperature=1.0)
    batches = []
    real = asking.written
    monkeypatch.setattr(asking, "written", lambda *given: batches.append(len(given[1])) or real(*given))
    together, _ = asked(tmp_path, base, [*drawn, *others, *questions("No.", max_tokens=8)])
    assert sorted(batches) == [1, 6]
    assert len({reply.text for reply in together[:4]}) > 1
    (tmp_path / "run" / "asks.sqlite").unlink()
    alone, _ = asked(tmp_path, base, [drawn[2], others[0]], batch_size=1)
    assert [reply.text for reply in alone] == [together[2].text, together[4].text]


def test_draws_follow_what_the_model_and_the_limits_leave():
    scores = torch.tensor([[2.0, 1.0, 0.0, -1.0, -9.0]]).expand(4000, -1)
    how = Sampling(temperature=0.7, top_p=0.9)
    left = Draws(how, [f"row {n}" for n in range(4000)])(torch.zeros(4000, 1, dtype=torch.long), scores)
    found = left.argmax(1).bincount(minlength=5) / 4000
    expected = by.TopPLogitsWarper(0.9)(None, by.TemperatureLogitsWarper(0.7)(None, scores))[0].softmax(0)
    assert (expected > 0).sum() == 2
    assert torch.allclose(found, expected, atol=0.03) and found[2:].sum() == 0


def test_a_text_is_continued_without_a_template_up_to_a_stop(tmp_path, base):
    tokenizer, model = AutoTokenizer.from_pretrained(base), AutoModelForCausalLM.from_pretrained(base)
    text = "<|im_start|>user\nOnce upon"
    ids = tokenizer(text, return_tensors="pt")
    with torch.inference_mode():
        theirs = model.generate(**ids, max_new_tokens=8, do_sample=False)[0, ids["input_ids"].shape[1] :]
    expected = tokenizer.decode(theirs, skip_special_tokens=True)
    (reply,), _ = asked(tmp_path, base, [Ask((), 8, raw=text)])
    assert reply.text == expected and reply.usage.read == ids["input_ids"].shape[1]
    stop = expected[len(expected) // 2]
    (until,), _ = asked(tmp_path, base, [Ask((), 8, raw=text, stop=(stop,))])
    assert (until.text, until.end) == (expected[: expected.index(stop)], "stop")


@pytest.mark.parametrize("temperature", [0.0, 1.5])
def test_log_probabilities_are_those_of_the_model(tmp_path, base, temperature, monkeypatch):
    wrote, real = [], asking.written
    monkeypatch.setattr(asking, "written", lambda *given: wrote.extend(real(*given)) or wrote)
    texts = ("Hi", "What is it for?")
    replies, _ = asked(tmp_path, base, [Ask((), 6, temperature, raw=text, logprobs=True) for text in texts])
    tokenizer, model = AutoTokenizer.from_pretrained(base), AutoModelForCausalLM.from_pretrained(base)
    for text, reply, ids in zip(texts, replies, wrote, strict=True):
        ids, prompt = ids[: reply.usage.written], tokenizer(text)["input_ids"]
        with torch.inference_mode():
            theirs = model(torch.tensor([[*prompt, *ids]])).logits[0].log_softmax(-1)
        expected = [theirs[len(prompt) - 1 + at, token].item() for at, token in enumerate(ids)]
        assert [token for token, _ in reply.logprobs] == [tokenizer.decode([token]) for token in ids]
        assert [value for _, value in reply.logprobs] == pytest.approx(expected, abs=1e-4)
        assert expected


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


def test_a_batch_that_nobody_waits_for_ends_at_its_next_token(tmp_path, base, monkeypatch):
    async def impatient():
        desk = desk_of(tmp_path, {"model": {"folder": str(base)}})
        teacher = desk.recipe[TEACHERS][0].bound
        teacher.take(desk.models)
        task = asyncio.create_task(teacher(questions("Hi", max_tokens=4000, temperature=1.0)[0]))
        while not wrote:
            await asyncio.sleep(0.01)
        teacher._work.cancel()
        await asyncio.wait([teacher._work])
        task.cancel()

    wrote, real = [], Halts.__call__
    monkeypatch.setattr(Halts, "__call__", lambda self, *given: wrote.append(1) or real(self, *given))
    asyncio.run(impatient())  # waits for its threads
    assert len(wrote) < 50  # of more than a hundred
