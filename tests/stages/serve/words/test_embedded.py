"""A model in the server's process, asked and heard: as `generate` writes, in words."""

import asyncio
from dataclasses import replace

import msgspec
import pytest

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Sampling
from pitchpipe.host.serving import Declined, Request, Wish
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.generate.opened import opened
from pitchpipe_stages.serve.embedded import EmbeddedModel
from pitchpipe_stages.serve.engine.engine import Engine
from pitchpipe_stages.serve.words import proof
from pitchpipe_stages.serve.words.messages import conversation_of
from pitchpipe_stages.serve.words.served_words import ServedWords
from pitchpipe_stages.serve.words.tools import tools_of
from tests.chat_templates.talks import LOOK
from tests.stages.generate.asked_folders import saved

HI = [{"role": "user", "content": "Hi"}]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = saved(tmp_path_factory.mktemp("model"), template="qwen3")
    one = opened(str(folder), RichConsole(stderr=True))
    one.context = 1024  # rotary positions go on
    engine = Engine(one.model.eval(), one.ends.every, 4)
    engine.start()
    yield EmbeddedModel(one, engine)
    engine.close()


def request(wish=None, messages=HI, tools=(), **more):
    wish = wish or Wish(Sampling(0), max_tokens=12)
    return Request("1", "m", conversation_of(messages, tools_of(list(tools))), wish, **more)


def heard(model, asked):
    async def hear():
        return [said async for said in model(model.read(asked))]

    return asyncio.run(hear())


def test_what_is_said_is_what_generate_writes(model):
    import torch

    asked = model.read(request(text="One and one is"))
    ids = torch.tensor([asked.ids])
    one = model.opened
    written = one.model.generate(
        ids, max_new_tokens=12, do_sample=False, eos_token_id=one.ends.every, pad_token_id=0
    )
    stretches = heard(model, asked)
    new = written[0, ids.shape[1] :].tolist()
    assert sum(said.tokens for said in stretches) == len(new)
    text = one.tokenizer.decode([t for t in new if t not in one.ends.every], skip_special_tokens=True)
    assert "".join(said.text for said in stretches) == text.rstrip("\ufffd")
    assert stretches[-1].end in ("stop", "length")


def test_several_answers_have_seeds_of_their_own(model):
    stretches = heard(model, request(Wish(Sampling(2.0), max_tokens=8, count=3, seed=4)))
    texts = ["".join(said.text for said in stretches if said.index == at) for at in range(3)]
    assert len(set(texts)) == 3
    alone = heard(model, request(Wish(Sampling(2.0), max_tokens=8, seed=5)))
    assert "".join(said.text for said in alone) == texts[1]


def test_a_stop_text_stops_the_cost(model):
    whole = "".join(said.text for said in heard(model, request(text="One")))
    stop = next(letter for letter in whole if letter.isprintable())
    stretches = heard(model, request(Wish(stop=(stop,), max_tokens=100), text="One"))
    assert "".join(said.text for said in stretches) == whole.partition(stop)[0]
    assert stretches[-1].end == "stop" and sum(said.tokens for said in stretches) < 12


# --- What decides an answer ---------------------------------------------------------------------------


def test_chance_has_no_identity(model):
    assert model.read(request(Wish(Sampling(1.0)))).identity == ""
    assert model.read(request(Wish(Sampling(1.0), seed=1))).identity
    assert model.read(request(Wish(Sampling(0)))).identity


def test_all_that_decides_an_answer_is_in_its_identity(model):
    base = Wish(Sampling(0.5), max_tokens=12, seed=1)
    changed = [
        replace(base, sampling=Sampling(0.6)), replace(base, sampling=Sampling(0.5, 0.9)), replace(base, stop=("a",)),
        replace(base, max_tokens=13), replace(base, count=2), replace(base, seed=2), replace(base, bias={3: 1.0}),
        replace(base, bias={3: 2.0}), replace(base, frequency_penalty=1.0), replace(base, presence_penalty=1.0),
        replace(base, logprobs=1), replace(base, calls=1), replace(base, sampling=Sampling(0.5, 1.0, 5)),
    ]  # fmt: skip
    asked = [request(wish) for wish in (base, *changed)]
    asked += [
        request(base, [{"role": "user", "content": "Hi!"}]),
        request(base, tools=[LOOK]),
        request(base, text="Hi"),
    ]
    asked += [request(base, tokens=model.read(request(base)).ids[2:5])]
    identities = [model.read(one).identity for one in asked]
    assert len(set(identities)) == len(identities)
    again = [model.read(replace(one, id="2", user="u", consent=True)).identity for one in asked]
    assert again == identities  # who asks is no part of it


def test_where_nothing_is_drawn_the_seed_decides_nothing(model):
    identities = {model.read(request(Wish(Sampling(0), seed=seed))).identity for seed in (None, 1, 2)}
    assert len(identities) == 1


def test_other_weights_are_another_model(tmp_path):
    folder = saved(tmp_path / "one", template="qwen2")
    one, same, other = (opened(str(folder), RichConsole(stderr=True)) for _ in range(3))
    weights = other.model.get_input_embeddings().weight.data
    weights[3], weights[4] = weights[4].clone(), weights[3].clone()  # the same numbers, elsewhere
    assert ServedWords(one).digest == ServedWords(same).digest != ServedWords(other).digest


# --- Proof at the start -------------------------------------------------------------------------------


def test_a_folder_is_proven_against_transformers(model):
    said = model.words.proven()
    assert "3 prompts have the ids that the saved chat template gives Transformers" in said


def test_ids_that_part_ways_stop_the_server(model, monkeypatch):
    real = model.opened.renderer.saved({})
    monkeypatch.setattr(
        model.opened.renderer, "saved", lambda defaults=None: real.replace("user", "usr") + "!"
    )
    with pytest.raises(PitchpipeError, match="would not give the ids of training"):
        proof.proven(model.words.reader)


def test_a_base_model_goes_on_with_texts(tmp_path):
    folder = saved(tmp_path, template="chatml")
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(PitchpipeError, match="has no chat template"):
        opened(str(folder), RichConsole(stderr=True))
    one = opened(str(folder), RichConsole(stderr=True), texts=True)
    words = ServedWords(one)
    assert "it goes on with texts alone" in words.proven()
    assert words.read(request(text="One"))["ids"] == tuple(one.tokenizer("One")["input_ids"])
    with pytest.raises(Declined, match="has no chat template"):
        words.read(request())


def test_tools_need_a_template_that_writes_calls(tmp_path):
    words = ServedWords(opened(str(saved(tmp_path, template="gemma")), RichConsole(stderr=True)))
    with pytest.raises(Declined) as declined:
        words.read(request(tools=[LOOK]))
    assert declined.value.param == "tools"
    assert words.read(request())["ids"]


def test_a_call_is_said_whole_and_with_an_id_for_any_template(model):
    asked = model.read(request(tools=[LOOK]))
    writer = model.words.writer(asked, 0)
    text = 'Well.\n<tool_call>\n{"name": "look", "arguments": {"place": "Ghent"}}\n</tool_call>'
    ids = model.opened.tokenizer(text, add_special_tokens=False)["input_ids"]
    stretches = [said for token in ids if (said := writer.add(token))]
    last = writer.add(model.opened.ends.every[0], "stop")
    assert "".join(said.text for said in stretches) == "Well." and not any(said.calls for said in stretches)
    (call,) = last.calls
    assert (last.end, call["name"], msgspec.json.decode(call["arguments"])) == (
        "tool_calls",
        "look",
        {"place": "Ghent"},
    )
    assert call["id"].isalnum() and len(call["id"]) == 9  # as Mistral's templates demand
    answer = {"role": "assistant", "content": "Well.", "tool_calls": [
        {"id": call["id"], "type": "function", "function": {"name": "look", "arguments": call["arguments"]}}]}  # fmt: skip
    result = {"role": "tool", "tool_call_id": call["id"], "content": "51 N"}
    assert (
        model.read(request(messages=[*HI, answer, result], tools=[LOOK])).ids[: len(asked.ids)] == asked.ids
    )
