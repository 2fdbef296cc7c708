"""What other tools call an option: each name leads to a real one, and is answered where it is written."""

from pathlib import Path

import pytest

from pitchpipe.host.host import Host
from pitchpipe.host.options import options_of
from pitchpipe.recipe.checked import sections_of
from pitchpipe_tools.recipe_file.synonyms import SYNONYMS
from pitchpipe_tools.run import run

RECIPE = """\
loaders:
  - files: {path: rows.jsonl, max_samples: 3}
model:
  transformers: {name: someone/model, load_in_4bit: true}
template: chatml
num-train-epochs: 3
trainer:
  sft: {lr: 1e-4, r: 8, gradient_accumulation_steps: 2}
dataset: x
filters:
  - length: {max_length: 3}
"""


@pytest.mark.parametrize("means", SYNONYMS)
def test_each_leads_to_an_option_that_is_there(means):
    """And a value that it gives is one that the option takes."""
    address, _, value = means.partition("=")
    if address.startswith("--"):
        assert address in {word for parameter in run.params for word in parameter.opts}
        return
    host, (section, *path) = Host.from_environment(), address.split(".")
    (found,) = (known for known in sections_of(host) if known.name == section)
    path = path[1:] if found.many else path
    options = options_of(found.options) if found.options else {}
    if found.kind and (path or value):
        options |= host.find(found.kind, path[0] if path else value).options
    if path:
        option = options[path[-1]]
        assert not value or option.check(value, Path()) == value


def test_no_name_means_two_things():
    names = [name for some in SYNONYMS.values() for name in some.split()]
    assert len(names) > 130 and len(names) == len(set(names))
    assert all(name == name.lower() and "-" not in name for name in names)


def test_every_place_is_answered(project, rows):
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": rows})
    said = [
        line.partition("recipe.yaml:")[2]
        for line in here.run("check", "recipe.yaml").assert_failed().err.splitlines()
    ]
    assert [line.partition(" action")[0] for line in said] == [
        "2: loaders.1.files.max_samples: no such option of loader 'files'. Here it is called 'first'.",
        "4: model.transformers.load_in_4bit: no such option of model 'transformers'. Here it is called 'quantize: nf4'.",
        "6: num-train-epochs: no such section. Here it is trainer.sft.epochs.",
        "8: trainer.sft.gradient_accumulation_steps: no such option of trainer 'sft'. Here it is called 'accumulate'.",
        "8: trainer.sft.lr: no such option of trainer 'sft'. Here it is called 'learning_rate'.",
        "8: trainer.sft.r: no such option of trainer 'sft'. Here it is adapter.lora.rank.",
        "9: dataset: no such section. Here it is loaders.1.files.path.",
        "11: filters.1.length.max_length: no such option of filter 'length'. Known:",
    ]  # fmt: skip


def test_a_plugin_names_its_own_options(project, install, rows):
    install(
        "zoo",
        "import pitchpipe as pp\n\n@pp.hookimpl\ndef register_synonyms(register):\n"
        "    register('filters.1.zoo.height', 'hoehe', 'hauteur')\n",
    )
    recipe = "loaders:\n  - files: {path: rows.jsonl}\nhauteur: 3\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("check", "recipe.yaml").assert_failed(
        "hauteur: no such section. Here it is filters.1.zoo.height."
    )
