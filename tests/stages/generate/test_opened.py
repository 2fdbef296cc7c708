"""What a person may name: runs, folders with models, adapters that PEFT saved; and what else they may type."""

import json

import pytest
import torch
from peft import IA3Config, LoraConfig, PeftModel, PromptTuningConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from pitchpipe.errors import PitchpipeError
from pitchpipe.records.conversation import Conversation, Message
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.generate.opened import base_of, is_beside, opened
from pitchpipe_stages.generate.speaking import Settings, stream
from tests import seq2seq
from tests.stages.generate.asked_folders import saved

pytestmark = pytest.mark.slow(seconds=15)
TALK = Conversation((Message("user", "Hi there."),))
QUIET = RichConsole(quiet=True)
LORA = {"task_type": "CAUSAL_LM", "target_modules": ["q_proj", "v_proj"], "init_lora_weights": False}


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("models") / "base")


def adapter(base, folder, settings, tokens=(), with_tokenizer=True):
    """An adapter as strangers save it: PEFT alone, with more tokens perhaps."""
    torch.manual_seed(1)
    model, tokenizer = AutoModelForCausalLM.from_pretrained(base), AutoTokenizer.from_pretrained(base)
    if tokens:
        tokenizer.add_tokens(list(tokens), special_tokens=True)
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    get_peft_model(model, settings).save_pretrained(folder)
    if with_tokenizer:
        tokenizer.save_pretrained(folder)
    return folder


def said(one):
    speech = stream(one, TALK, Settings(max_new_tokens=8))
    list(speech)
    return speech.ids


def by_peft(base, folder, tokenizer):
    """What plain Transformers and PEFT make of it."""
    known = AutoTokenizer.from_pretrained(tokenizer)
    model = AutoModelForCausalLM.from_pretrained(base)
    if tokenizer == folder and len(known) > model.get_input_embeddings().num_embeddings:
        model.resize_token_embeddings(len(known), mean_resizing=False)
    model = PeftModel.from_pretrained(model, folder).eval()
    prompt = known.apply_chat_template(
        [{"role": "user", "content": "Hi there."}],
        add_generation_prompt=True,
        return_dict=True,
        return_tensors="pt",
    )
    ids = model.generate(**prompt, max_new_tokens=8, do_sample=False)[
        0, prompt["input_ids"].shape[1] :
    ].tolist()
    return ids[:-1] if ids[-1] == known.eos_token_id else ids


@pytest.mark.parametrize("with_tokenizer", [True, False])
def test_an_adapter_of_peft_is_asked_on_its_base(base, tmp_path, with_tokenizer):
    folder = adapter(base, tmp_path / "lora", LoraConfig(**LORA), with_tokenizer=with_tokenizer)
    one = opened(str(folder), QUIET)
    expected = by_peft(base, folder, folder if with_tokenizer else base)
    assert said(one) == expected != said(opened(str(base), QUIET))


def test_an_adapter_with_tokens_of_its_own_grows_the_base(base, tmp_path):
    settings = LoraConfig(**LORA, modules_to_save=["embed_tokens", "lm_head"])
    folder = adapter(base, tmp_path / "grown", settings, ("<|more|>", "<|and more|>"))
    one = opened(str(folder), QUIET)
    assert one.model.get_input_embeddings().weight.shape[0] == len(one.tokenizer)
    assert said(one) == by_peft(base, folder, folder)


def test_an_adapters_chat_template_goes_before_its_bases(base, tmp_path):
    folder = adapter(base, tmp_path / "own", LoraConfig(**LORA))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.chat_template = tokenizer.chat_template.replace("<|im_start|>", "<|im_start|>so says ")
    tokenizer.save_pretrained(folder)
    one = opened(str(folder), QUIET)
    assert "so says user" in one.tokenizer.decode(one.prompt(TALK))


@pytest.mark.parametrize(
    ("settings", "beside"),
    [
        (LoraConfig(**LORA), True),
        (LoraConfig(**LORA, use_dora=True), True),
        (LoraConfig(**LORA, trainable_token_indices=[5, 6]), True),
        (IA3Config(task_type="CAUSAL_LM", target_modules=["k_proj"], feedforward_modules=[]), True),
        (LoraConfig(**{**LORA, "init_lora_weights": "pissa"}), False),
        (PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=4), False),
    ],
)
def test_the_base_of_an_adapter_is_the_base(base, tmp_path, settings, beside):
    """Either its adapter is switched off, and then it is the base to the last bit; or it is loaded."""
    folder = adapter(base, tmp_path / "one", settings)
    one = opened(str(folder), QUIET)
    under, alone = base_of(one, str(folder), QUIET), opened(str(base), QUIET)
    assert is_beside(one.model) == beside == under.without_adapter
    ids = torch.tensor([alone.prompt(TALK)])
    with under.ready() as switched, alone.ready() as loaded:
        assert torch.equal(switched(ids).logits, loaded(ids).logits)
    assert said(under) == said(alone)


def test_a_model_alone_has_no_base_beside_it(base):
    assert base_of(opened(str(base), QUIET), str(base), QUIET) is None


def test_an_adapter_whose_base_is_gone(base, tmp_path):
    folder = adapter(base, tmp_path / "lost", LoraConfig(**LORA))
    file = folder / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"base_model_name_or_path": "/nowhere/base"}))
    with pytest.raises(PitchpipeError, match="stands on /nowhere/base, which is not there"):
        opened(str(folder), QUIET)


def test_an_adapter_is_not_asked_with_tokens_that_it_never_saw(base, tmp_path):
    folder = adapter(base, tmp_path / "one", LoraConfig(**LORA))
    with pytest.raises(PitchpipeError, match=r"has never seen <\|eot_id\|>.*--template"):
        opened(str(folder), QUIET, template="llama3")


def test_a_model_without_a_chat_template_asks_for_one(base, tmp_path):
    folder = saved(tmp_path / "bare")
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(PitchpipeError, match=r"has no chat template.*--template chatml"):
        opened(str(folder), QUIET)
    assert said(opened(str(folder), QUIET, template="chatml"))


def test_an_encoder_decoder_needs_none(tmp_path):
    one = opened(str(seq2seq.t5(tmp_path / "t5")), QUIET)
    assert (one.template, one.model.config.is_encoder_decoder) == ("seq2seq", True)


@pytest.mark.parametrize("kind", ["model", "adapter"])
def test_a_model_that_gives_scores_is_refused(base, tmp_path, kind):
    folder = tmp_path / "reward"
    folder.mkdir()
    if kind == "model":
        (folder / "config.json").write_text('{"architectures": ["LlamaForSequenceClassification"]}')
    else:
        (folder / "adapter_config.json").write_text(
            '{"task_type": "SEQ_CLS", "base_model_name_or_path": "x"}'
        )
    with pytest.raises(PitchpipeError, match=r"gives a score.*writes no text"):
        opened(str(folder), QUIET)


def run(path, stages=None, model=True):
    path.mkdir(parents=True)
    (path / "run.json").write_text(json.dumps({"recipe": "here/recipe.yaml", "stages": stages or {}}))
    if model:
        (path / "model").mkdir()


def test_typical_mistakes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(tmp_path / "runs/one")
    run(tmp_path / "runs/half", {"train": {"done": False}}, model=False)
    run(tmp_path / "runs/data", {"prepare": {"done": True}}, model=False)
    (tmp_path / "empty").mkdir()
    (tmp_path / "recipe.yaml").write_text("model: tiny\n")
    for place, words in {
        "runs/on": "there is no runs/on. Did you mean 'runs/one'?",
        "one": "one is no model. Did you mean 'runs/one'?",
        "runs/half": "Its training is not done: pitchpipe run here/recipe.yaml goes on",
        "runs/data": "It is not trained: pitchpipe run here/recipe.yaml does it",
        "recipe.yaml": "is a recipe. A run of it holds a model: pitchpipe run makes one, runs/recipe",
        "empty": "empty is no run and no model: it holds no run.json",
        "runs": "Runs in it: runs/data, runs/half, runs/one.",
        "./nothing": "there is no ./nothing.",
    }.items():
        with pytest.raises(PitchpipeError) as refused:
            opened(place, QUIET)
        assert words in str(refused.value), place
        assert f"Did you mean '{place}'" not in str(refused.value)
