"""pitchpipe serve --print: the command of an engine for models and adapters, and what stands in its way."""

import json
import shlex
from pathlib import Path

import pytest
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from pitchpipe_stages.export.export import made_from
from tests.stages.generate.asked_folders import saved

pytestmark = pytest.mark.slow(seconds=10)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A whole model, and two adapters on it as strangers save them, of other ranks."""
    from pitchpipe.testing import Project

    here = Project(tmp_path_factory.mktemp("engines"))
    whole = saved(here.folder / "whole")
    tokenizer = AutoTokenizer.from_pretrained(whole)
    settings(whole, "generation_config.json", eos_token_id=[tokenizer.eos_token_id])
    for name, rank in (("lora", 32), ("other", 4)):
        config = LoraConfig(task_type="CAUSAL_LM", target_modules=["q_proj"], r=rank)
        get_peft_model(AutoModelForCausalLM.from_pretrained(whole), config).save_pretrained(
            here.folder / name
        )
        tokenizer.save_pretrained(here.folder / name)
    return here


def printed(here, *arguments: str, engine: str = "vllm") -> list[str]:
    """The words of the one line on stdout."""
    (line,) = here.run("serve", *arguments, "--print", engine).assert_success().out.splitlines()
    return shlex.split(line)


def option(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]


def settings(folder: Path, file: str = "adapter_config.json", **values: object) -> None:
    known = json.loads((folder / file).read_text())
    (folder / file).write_text(json.dumps(known | values))


def test_an_adapter_is_put_on_its_base_with_a_rank_that_fits(here):
    words, folder = printed(here, "lora"), here.folder / "lora"
    base = json.loads((folder / "adapter_config.json").read_text())["base_model_name_or_path"]
    assert words[:4] == ["vllm", "serve", base, "--enable-lora"]
    assert option(words, "--lora-modules") == f"lora={folder}" and option(words, "--max-lora-rank") == "32"
    assert Path(option(words, "--chat-template")).exists()
    assert "--generation-config" not in words, "the base has the same ends"
    assert words[-4:] == ["--host", "127.0.0.1", "--port", "8000"]
    assert "--lora-paths" in printed(here, "lora", engine="sglang")


def test_several_adapters_share_a_base(here):
    said = here.run("serve", "lora", "--adapter", "b=other", "--base", "plain", "--print", "vllm")
    words = shlex.split(said.assert_success().out)
    assert f"b={here.folder / 'other'}" in words and option(words, "--max-loras") == "2"
    assert option(words, "--served-model-name") == "plain"
    assert "the chat template and the ends of 'lora'" in said.err


@pytest.mark.parametrize(("change", "words"), [
    ({"use_dora": True}, "vLLM refuses DoRA"),
    ({"modules_to_save": ["lm_head"]}, "trained whole (lm_head)"),
    ({"r": 1024}, "a rank of at most 512"),
])  # fmt: skip
def test_what_no_engine_loads_is_to_be_merged(here, change, words):
    folder = here.folder / "other"
    before = (folder / "adapter_config.json").read_text()
    settings(folder, **change)
    failed = here.run("serve", "other", "--print", "vllm")
    (folder / "adapter_config.json").write_text(before)
    failed.assert_failed(words, "pitchpipe export other --to huggingface")
    assert not failed.out


def test_a_whole_model_with_a_key_and_a_context(here):
    words = printed(
        here,
        "whole",
        "--name",
        "it's",
        "--key",
        "PITCHPIPE_KEYS",
        "--port",
        "9000",
        "--set",
        "serve.context=64",
    )
    assert words[:4] == ["VLLM_API_KEY=${PITCHPIPE_KEYS%%,*}", "vllm", "serve", "whole"]
    assert option(words, "--served-model-name") == "it's" and option(words, "--max-model-len") == "64"
    assert option(words, "--port") == "9000"


def test_a_folder_that_lacks_an_end_is_refused_and_an_adapter_may_have_its_own(here):
    whole, lora = here.folder / "whole", here.folder / "lora"
    before = (whole / "generation_config.json").read_text()
    (lora / "generation_config.json").write_text(before)
    settings(whole, "generation_config.json", eos_token_id=5)
    failed, words = here.run("serve", "whole", "--print", "vllm"), printed(here, "lora")
    (lora / "generation_config.json").unlink()
    without = here.run("serve", "lora", "--print", "vllm")
    (whole / "generation_config.json").write_text(before)
    failed.assert_failed("generation_config.json does not name <|im_end|>", "Add it to eos_token_id there: [")
    assert not failed.out and option(words, "--generation-config") == str(lora)
    without.assert_failed("does not name <|im_end|>")


def test_what_is_not_there_is_told_with_its_cure(here):
    here.run("serve", "lora", "--print", "ollama").assert_failed("pitchpipe export lora --to ollama")
    here.run("serve", "lora", "--print", "llama.cpp").assert_failed("--to gguf")
    here.run("serve", "runs/lorra", "--print", "vllm").assert_failed("runs/lorra")


def test_a_file_of_another_model_is_not_served(here):
    folder = here.folder / "whole-gguf"
    folder.mkdir()
    (folder / "export.json").write_text(json.dumps({"made from": {}, "options": {"type": "f16"}}))
    here.run("serve", "whole", "--print", "llama.cpp").assert_failed("of other weights", "--force")
    known = {"made from": made_from(str(here.folder / "whole")), "options": {"type": "f16"}}
    (folder / "export.json").write_text(json.dumps(known))
    words = printed(here, "whole", engine="llama.cpp")
    assert words[:3] == ["llama-server", "--model", "whole-gguf/whole-f16.gguf"]
    assert "--jinja" in words and option(words, "--alias") == "whole"


def test_what_stands_around_a_model_stays_here(here):
    recipe = {"serve": {"model": "whole"}, "guards": ["harmful"], "middlewares": [{"cache": None}]}
    here.write({"served.yaml": json.dumps(recipe)})
    said = here.run("serve", "served.yaml", "--print", "vllm").assert_success()
    assert "an engine has no guards, middlewares" in said.err and said.out.startswith("vllm serve ")
