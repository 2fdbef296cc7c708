"""Several adapters on one base, as PEFT saves them: each answers under its own name as it does by itself."""

import asyncio

import pytest
import torch
from peft import LoraConfig, PromptTuningConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

import pitchpipe as pp
from pitchpipe.host.host import Host
from pitchpipe.recipe.checked import checked
from pitchpipe.recipe.document import Document
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.serve.api.models import cards
from pitchpipe_stages.serve.build import build
from tests.stages.generate.asked_folders import saved
from tests.stages.serve.said import heard, request

pytestmark = pytest.mark.slow(seconds=8)
LORA = {"task_type": "CAUSAL_LM", "target_modules": ["q_proj", "v_proj"], "init_lora_weights": False}
TUNED = LoraConfig(**LORA)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A base with two adapters, another base with one, and adapters that cannot share."""
    folder = tmp_path_factory.mktemp("models")
    for base in ("base", "other"):
        saved(folder / base, "llama")
    adapter(folder, "first", 1)
    adapter(folder, "second", 2)
    adapter(folder, "elsewhere", 3, base="other")
    adapter(folder, "prompts", 4, PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=4))
    tokenizer = AutoTokenizer.from_pretrained(folder / "base")
    tokenizer.chat_template = tokenizer.chat_template.replace("<|im_end|>", "<|endoftext|>")
    tokenizer.save_pretrained(adapter(folder, "otherwise", 5))
    return folder


def adapter(folder, name, seed, settings=TUNED, base="base"):
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_pretrained(folder / base)
    get_peft_model(model, settings).save_pretrained(folder / name)
    return folder / name


def built(folder, **serve):
    data = {"serve": {**serve, "folder": str(folder / "served")}}
    host = Host.from_environment()
    return build(checked(Document(folder / "recipe.yaml", data), host), RichConsole(quiet=True))


def answers(service, count=1):
    """What each model says, all asked in the same moment, `count` times."""
    wish = pp.Wish(max_tokens=12)

    async def asked(name):
        sent = service.read(request("Hi there.", model=name, wish=wish))
        return "".join(said.text for said in await heard(service.answer(sent)))

    async def everyone():
        await service.begin()
        try:
            names = service.names * count
            return list(zip(names, await asyncio.gather(*map(asked, names)), strict=True))
        finally:
            await service.close()

    return asyncio.run(everyone())


def test_each_answers_as_it_does_by_itself(models):
    alone = dict(answers(built(models, model=str(models / name)))[0] for name in ("base", "first", "second"))
    assert len(set(alone.values())) == 3
    further = {"first": str(models / "first"), "second": str(models / "second")}
    on_base = answers(built(models, model=str(models / "base"), adapters=further), count=3)
    assert on_base == list(alone.items()) * 3
    only = {"second": further["second"]}
    on_adapter = built(models, model=str(models / "first"), adapters=only, base="plain", name="v1.0")
    names = {"v1.0": "first", "second": "second", "plain": "base"}
    assert answers(on_adapter, count=2) == [(name, alone[of]) for name, of in names.items()] * 2


def test_the_list_of_models_tells_an_adapter_from_its_base(models):
    service = built(models, model=str(models / "base"), adapters={"worn": str(models / "first")})
    base, worn = cards(service, since=0).data
    assert (base.id, base.parent, worn.id, worn.parent) == ("base", None, "worn", "base")
    assert worn.created == int((models / "first").stat().st_mtime)
    assert base.max_model_len == worn.max_model_len == service.embedded["base"].opened.context
    on_adapter = cards(built(models, model=str(models / "first"), adapters={}, base="plain"), since=0).data
    assert {card.id: card.parent for card in on_adapter} == {"first": "plain", "plain": None}


def test_adapters_have_identities_of_their_own(models):
    service = built(models, model=str(models / "base"), adapters={"first": str(models / "first")})
    wish = pp.Wish(max_tokens=4)
    read = [service.read(request("Hi", model=name, wish=wish)) for name in service.names]
    assert read[0].ids == read[1].ids and len({one.identity for one in read} - {""}) == 2


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("elsewhere", "stands on"),
        ("other", "is a whole model"),
        ("prompts", "leave it as it is, as LoRA"),
        ("otherwise", "ends replies by other tokens"),
        ("nothing", "no adapter in"),
    ],
)
def test_what_cannot_share_a_base_is_told(models, name, words):
    with pytest.raises(pp.PitchpipeError, match=words) as told:
        built(models, model=str(models / "base"), adapters={"x": str(models / name)})
    assert "adapter x" in str(told.value)
