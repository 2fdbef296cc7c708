"""pitchpipe export, from a run to each form: each is asked from outside, in a process that knows nothing of ours."""

import json

import msgspec
import pytest

pytestmark = pytest.mark.slow(seconds=40)
RECIPE = """
model: tiny
adapter:
  lora: {rank: 32, save: adapter}
template: chatml
loaders:
  - files: {path: rows.jsonl, name: greetings}
filters:
  - length: {min_reply_chars: 2}
split: {train: 0.8, test: 0.2}
trainer:
  sft: {max_steps: 4, batch_size: 4, learning_rate: 1e-2}
evaluators:
  - perplexity
"""
ROWS = [
    {"instruction": f"Say {word}.", "output": word.upper()}
    for word in ["one", "two", "three", "four", "five", "six", "ten", "elf"]
]
# What only looks like the model: one row of one matrix is another.
CORRUPT = '''
import json
from pathlib import Path
from safetensors.numpy import load_file, save_file
import pitchpipe as pp
from pitchpipe_components.exporters.huggingface import HuggingFaceFolder

class Careless(HuggingFaceFolder):
    """Lose the sign of the output layer."""
    def __call__(self, export):
        super().__call__(export)
        file = export.folder / "model.safetensors"
        held = load_file(file)
        name = max(held, key=lambda name: held[name].size)
        held[name] = -held[name]
        save_file(held, file, {"format": "pt"})

@pp.hookimpl
def register_exporters(register):
    register("careless", Careless)
'''


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    from pitchpipe.testing import Project

    files = {
        "recipe.yaml": RECIPE,
        "rows.jsonl": ROWS,
        "LICENSE": "Data of Nobody License\n",
        "pitchpipe_local.py": CORRUPT,
    }
    here = Project(tmp_path_factory.mktemp("exports")).write(files)
    here.run("run", "recipe.yaml").assert_success()
    return here


def exported(here, form, *arguments):
    """What the command says, and the folder that it wrote."""
    said = here.run("export", "runs/recipe", "--to", form, *arguments).assert_success()
    assert f"runs/recipe/exports/{form}" in said.out and "the prompts have the ids of training" in said.out
    folder = here.folder / "runs/recipe/exports" / form
    assert sorted(file.name for file in folder.parent.iterdir() if file.name.startswith(".")) == []
    for file in (
        file for file in folder.rglob("*") if file.suffix in (".json", ".md", ".jinja", "") and file.is_file()
    ):
        assert str(here.folder) not in file.read_text("utf-8"), file  # no place on this machine
    return said.out, folder


def test_a_folder_for_transformers_and_the_card_of_its_run(here):
    said, folder = exported(here, "huggingface")
    assert "vllm serve runs/recipe/exports/huggingface --served-model-name recipe" in said
    assert "(100.0 %)" in said
    assert json.loads((folder / "generation_config.json").read_text())["eos_token_id"] == [0, 3]
    _, header, page = (folder / "README.md").read_text("utf-8").split("---\n", 2)
    assert msgspec.yaml.decode(header.encode())["library_name"] == "transformers"
    assert "| greetings | `rows.jsonl` | Data of Nobody License | 8 |" in page
    assert (
        "Replies end with `<|im_end|>` and `<|end|>`" in page
        and "sft" in page
        and "min_reply_chars: 2" in page
    )
    assert "| perplexity |" in page and "logits differ by at most" in page
    out = here.run("export", "runs/recipe", "--to", "huggingface").err
    assert "is there already. --force replaces it" in out


def test_the_adapter_alone_has_a_base_that_others_find(here):
    out = here.run("export", "runs/recipe", "--to", "adapter").err
    assert "--set base=NAME" in out and not (here.folder / "runs/recipe/exports/adapter").exists()
    said, folder = exported(here, "adapter", "--set", "base=me/tiny")
    assert json.loads((folder / "adapter_config.json").read_text())["base_model_name_or_path"] == "me/tiny"
    assert "vLLM leaves out the rows of new tokens" in said and "vllm serve" not in said
    assert "base_model_name_or_path" in (folder / "README.md").read_text(
        "utf-8"
    )  # how loaders find the stops


def test_weights_of_four_bits(here):
    said, folder = exported(here, "bitsandbytes")
    assert (
        json.loads((folder / "config.json").read_text())["quantization_config"]["bnb_4bit_quant_type"]
        == "nf4"
    )
    assert "the model with the weights that were written says the same" in said


def test_a_file_for_ollama(here):
    from gguf import GGUFReader

    said, folder = exported(here, "ollama")
    assert "ollama create recipe -f runs/recipe/exports/ollama/Modelfile" in said
    text = (folder / "Modelfile").read_text("utf-8")
    assert "FROM ./recipe-q8_0.gguf\n" in text and 'PARAMETER stop "<|im_end|>"\n' in text
    assert "<|im_start|>user\n{{ .Content }}<|im_end|>\n" in text
    fields = GGUFReader(folder / "recipe-q8_0.gguf").fields
    ends = [fields[f"tokenizer.ggml.{part}_token_id"].contents() for part in ("eos", "eot")]
    assert ends == [3, 0] and "<|im_start|>" in fields["tokenizer.chat_template"].contents()


def test_an_export_that_answers_otherwise_is_refused_and_gone(here):
    out = here.run("export", "runs/recipe", "--to", "careless").err
    assert "the export does not answer as the model" in out
    assert not (here.folder / "runs/recipe/exports/careless").exists()


def test_mistakes_are_told_in_a_moment(here):
    listed = here.run("export", "runs/recipe").err
    assert "--to FORMAT says in which form" in listed and "  gguf          One file for llama.cpp" in listed
    assert "Did you mean 'gguf'?" in here.run("export", "runs/recipe", "--to", "guff").err
    assert (
        "Did you mean 'type'?" in here.run("export", "runs/recipe", "--to", "gguf", "--set", "typ=q8_0").err
    )
    assert "expected one of f32" in here.run("export", "runs/recipe", "--to", "gguf", "--set", "type=q9").err
    assert "Did you mean 'runs/recipe'?" in here.run("export", "runs/recip", "--to", "gguf").err
