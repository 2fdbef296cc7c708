"""pitchpipe serve --print: the command of an engine, from a run and its adapters, and what stands in its way."""

import json
import shlex
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow(seconds=15)
RECIPE = """
model: tiny
adapter:
  lora: {rank: 32, save: adapter}
template: alpaca_short
loaders:
  - files: {path: rows.jsonl}
split: {train: 0.8, test: 0.2}
trainer:
  sft: {max_steps: 1, batch_size: 4, learning_rate: 1e-2}
"""
WORDS = ["one", "two", "three", "four", "five", "six", "ten", "elf"]
ROWS = [{"instruction": f"Say {word}.", "output": word.upper()} for word in WORDS]


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    from pitchpipe.testing import Project

    here = Project(tmp_path_factory.mktemp("engines")).write({"lora.yaml": RECIPE, "rows.jsonl": ROWS})
    here.run("run", "lora.yaml").assert_success()
    for name in ("merged", "other"):
        shutil.copytree(here.folder / "runs/lora", here.folder / "runs" / name)
    here.run("merge", "runs/merged", "--to", "whole").assert_success()
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
    words, folder = printed(here, "runs/lora"), here.folder / "runs/lora/model"
    base = json.loads((folder / "adapter_config.json").read_text())["base_model_name_or_path"]
    assert words[:4] == ["vllm", "serve", base, "--enable-lora"]
    assert option(words, "--lora-modules") == f"lora={folder}" and option(words, "--max-lora-rank") == "32"
    assert Path(option(words, "--chat-template")).exists()
    ends = json.loads((Path(option(words, "--generation-config")) / "generation_config.json").read_text())
    assert ends["eos_token_id"]
    assert words[-4:] == ["--host", "127.0.0.1", "--port", "8000"]
    assert "--lora-paths" in printed(here, "runs/lora", engine="sglang")


def test_several_adapters_share_a_base(here):
    said = here.run("serve", "runs/lora", "--adapter", "b=runs/other", "--base", "plain", "--print", "vllm")
    words = shlex.split(said.assert_success().out)
    assert f"b={here.folder / 'runs/other/model'}" in words and option(words, "--max-loras") == "2"
    assert option(words, "--served-model-name") == "plain"
    assert "the chat template and the ends of 'lora'" in said.err


@pytest.mark.parametrize(("change", "words"), [
    ({"use_dora": True}, "vLLM refuses DoRA"),
    ({"modules_to_save": ["lm_head"]}, "trained whole (lm_head)"),
    ({"r": 1024}, "a rank of at most 512"),
])  # fmt: skip
def test_what_no_engine_loads_is_to_be_merged(here, change, words):
    folder = here.folder / "runs/other/model"
    before = (folder / "adapter_config.json").read_text()
    settings(folder, **change)
    failed = here.run("serve", "runs/other", "--print", "vllm")
    (folder / "adapter_config.json").write_text(before)
    failed.assert_failed(words, "pitchpipe export runs/other --to huggingface")
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


def test_a_folder_that_lacks_an_end_is_refused(here):
    folder = here.folder / "whole"
    before = (folder / "generation_config.json").read_text()
    settings(folder, "generation_config.json", eos_token_id=[5])
    failed = here.run("serve", "whole", "--print", "vllm", "--template", "alpaca_short")
    (folder / "generation_config.json").write_text(before)
    failed.assert_failed("generation_config.json does not name <|end|>", "Add it to eos_token_id there")
    assert not failed.out


def test_what_is_not_there_is_told_with_its_cure(here):
    here.run("serve", "runs/lora", "--print", "ollama").assert_failed(
        "pitchpipe export runs/lora --to ollama"
    )
    here.run("serve", "runs/lora", "--print", "llama.cpp").assert_failed("--to gguf")
    here.run("serve", "runs/lorra", "--print", "vllm").assert_failed("runs/lorra")


def test_a_file_of_another_model_is_not_the_runs(here):
    folder = here.folder / "runs/merged/exports/gguf"
    folder.mkdir(parents=True)
    (folder / "export.json").write_text(json.dumps({"made from": {}, "options": {"type": "f16"}}))
    here.run("serve", "runs/merged", "--print", "llama.cpp").assert_failed("of other weights", "--force")
    from pitchpipe_stages.export.export import made_from

    known = {"made from": made_from(str(here.folder / "runs/merged")), "options": {"type": "f16"}}
    (folder / "export.json").write_text(json.dumps(known))
    words = printed(here, "runs/merged", engine="llama.cpp")
    assert words[:3] == ["llama-server", "--model", "runs/merged/exports/gguf/merged-f16.gguf"]
    assert "--jinja" in words and option(words, "--alias") == "merged"


def test_what_stands_around_a_model_stays_here(here):
    recipe = {"serve": {"model": "whole"}, "guards": ["harmful"], "middlewares": [{"cache": None}]}
    here.write({"served.yaml": json.dumps(recipe)})
    said = here.run("serve", "served.yaml", "--print", "vllm").assert_success()
    assert "an engine has no guards, middlewares" in said.err and said.out.startswith("vllm serve ")
