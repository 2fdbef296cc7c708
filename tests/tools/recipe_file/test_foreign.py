"""A whole config of another tool is known, and answered with a sound recipe."""

import yaml

LIKE_AXOLOTL = """\
base_model: someone/Base-8B
tokenizer_type: AutoTokenizer
load_in_4bit: true
load_in_8bit: false
datasets:
  - path: data/alpaca.jsonl
    type: alpaca
  - path: someone/chats
    type: chat_template
    split: train_sft
val_set_size: 0.05
adapter: qlora
sequence_len: 4096
sample_packing: true
lora_r: 32
lora_alpha: 16
lora_target_linear: true
micro_batch_size: 2
num_epochs: 4
learning_rate: 2e-4
bf16: auto
warmup_steps: 10
output_dir: ./out
"""
LIKE_LLAMA_FACTORY = """\
model_name_or_path: someone/Base-8B
stage: sft
finetuning_type: lora
quantization_bit: 4
lora_target: all
dataset: identity,own_name
template: llama3
cutoff_len: 1024
max_samples: 1000
bf16: true
num_train_epochs: 3.0
"""
LIKE_TORCHTUNE = """\
model:
  _component_: torchtune.models.llama3.lora
  lora_rank: 8
checkpointer:
  _component_: torchtune.training.FullModelHFCheckpointer
  checkpoint_dir: base
tokenizer:
  path: /tmp/tokenizer.model
dataset:
  _component_: torchtune.datasets.alpaca_dataset
  packed: true
optimizer:
  lr: 3e-4
batch_size: 2
epochs: 1
dtype: bf16
metric_logger:
  log_dir: ${output_dir}
gradient_accumulation_steps: 8
"""


def answered(project, config):
    """The recipe of the answer, which `check` finds sound, and the lines about the rest."""
    here = project(
        {"theirs.yaml": config, "data/alpaca.jsonl": "", "YOUR_DATA.jsonl": "", "base/config.json": "{}"}
    )
    said = here.run("check", "theirs.yaml").assert_failed("theirs.yaml: this is a config of another tool").err
    recipe = said.split("\n\n")[1]
    here.write({"recipe.yaml": recipe}).run("check", "recipe.yaml").assert_success()
    return yaml.safe_load(recipe), said.partition("need a look:\n")[2]


def test_one_like_axolotl(project):
    recipe, left = answered(project, LIKE_AXOLOTL)
    assert recipe == {
        "model": {"transformers": {"name": "someone/Base-8B", "quantize": "nf4"}},
        "adapter": {"lora": {"rank": 32, "alpha": 16, "targets": "all-linear"}},
        "loaders": [
            {"files": {"path": "data/alpaca.jsonl", "format": "alpaca"}}, {"huggingface": {"name": "someone/chats", "split": "train_sft"}},
        ],
        "split": {"train": 0.95, "validation": 0.05},
        "template": "tokenizer",
        "collator": {"packed": {"length": 4096}},
        "trainer": {"sft": {"batch_size": 2, "epochs": 4, "learning_rate": 0.0002, "warmup": 10}},
    }  # fmt: skip
    assert (
        "output_dir: './out' (here it is --name)" in left
        and "tokenizer_type" in left
        and "bf16: 'auto'" in left
    )
    assert "load_in_8bit" not in left and "datasets.type: 'chat_template'" in left


def test_one_like_llama_factory(project):
    recipe, left = answered(project, LIKE_LLAMA_FACTORY)
    assert recipe["model"] == {"transformers": {"name": "someone/Base-8B", "quantize": "nf4"}}
    assert recipe["trainer"]["sft"]["precision"] == "bfloat16"
    assert recipe["adapter"] == {"lora": {"targets": "all-linear"}} and recipe["template"] == "llama3"
    assert "dataset: 'identity,own_name' (a name that only the other tool knows)" in left
    assert "max_samples: 1000 (here it is loaders.1.files.first)" in left


def test_the_trainer_is_the_one_that_is_asked_for(project):
    preferring = LIKE_LLAMA_FACTORY.replace("stage: sft", "stage: dpo\npref_beta: 0.2\npref_loss: ipo")
    preferring += "neftune_noise_alpha: 5\n"
    recipe, left = answered(project, preferring)
    assert recipe["trainer"] == {"dpo": {"beta": 0.2, "loss": "ipo", "precision": "bfloat16", "epochs": 3.0}}
    assert "neftune_noise_alpha: 5 (trainer.dpo.neftune: there is none" in left and "stage" not in left
    judging = LIKE_AXOLOTL + "rl: kto\nkto_undesirable_weight: 0.5\n"
    recipe, left = answered(project, judging)
    assert recipe["trainer"]["kto"]["undesirable_weight"] == 0.5 and recipe["trainer"]["kto"]["epochs"] == 4
    unknown, left = answered(project, LIKE_LLAMA_FACTORY.replace("stage: sft", "stage: ppo"))
    assert set(unknown["trainer"]) == {"sft"} and "stage: 'ppo' (here it is trainer)" in left


def test_one_like_torchtune(project):
    """Its variables are its own: none of them is asked for."""
    recipe, left = answered(project, LIKE_TORCHTUNE)
    assert recipe["adapter"] == {"lora": {"rank": 8}} and recipe["collator"] == "packed"
    assert recipe["model"] == {"transformers": {"folder": "base", "dtype": "bfloat16"}}
    assert recipe["trainer"] == {
        "sft": {"learning_rate": 0.0003, "batch_size": 2, "epochs": 1, "accumulate": 8}
    }
    assert "tokenizer: " in left and "_component_" not in left.partition("metric_logger")[0].replace(
        "'_component_'", ""
    )


def test_a_model_that_is_not_said_is_to_be_filled_in(project):
    recipe, _ = answered(project, "micro_batch_size: 2\nnum_epochs: 3\nlora_r: 8\n")
    assert recipe["model"] == {"transformers": {"name": "YOUR_MODEL"}}
    assert recipe["loaders"] == [{"files": {"path": "YOUR_DATA.jsonl"}}]
    assert answered(project, "model: a/b\nmicro_batch_size: 2\nnum_epochs: 3\nlora_r: 8\n")[0]["model"] == {
        "transformers": {"name": "a/b"}
    }


def test_a_recipe_with_a_few_such_names_is_a_recipe(project, rows):
    recipe = "loaders:\n  - files: {path: rows.jsonl}\nlr: 1\nnum_train_epochs: 2\nlora_r: 3\n"
    outcome = project({"recipe.yaml": recipe, "rows.jsonl": rows}).run("check", "recipe.yaml").assert_failed()
    assert "another tool" not in outcome.err and "Here it is adapter.lora.rank." in outcome.err
    half = "model: tiny\ntemplate: chatml\nlr: 1\n"
    assert "another tool" not in project({"half.yaml": half}).run("check", "half.yaml").assert_failed().err
