"""docs/training.md names every adapter and every option, and none that is not there."""

import re

import pytest

from pitchpipe.host.host import Host
from tests.documents import ROOT

PAGE = (ROOT / "docs" / "training.md").read_text("utf-8")
HOST = Host.from_environment()


def section(title):
    return re.split(r"^## ", PAGE, flags=re.M)[[*titles()].index(title) + 1]


def titles():
    return re.findall(r"^## (.+)$", PAGE, flags=re.M)


def first_cells(text):
    """The words in code of each row's first cell."""
    cells = re.findall(r"^\| (`[^|]+) \|", text, flags=re.M)
    return {word for cell in cells for word in re.findall(r"`([\w.-]+)", cell)}


def test_every_option_of_sft_has_its_line():
    options = set(HOST.find("trainer", "sft").options)
    optimizers = {"adamw", "adamw_8bit", "paged_adamw", "paged_adamw_8bit", "adafactor", "sgd"}
    assert first_cells(section("Options of sft")) - optimizers == options
    assert all(
        f"`{name}`" in section("Options of sft") or f"`optimizer: {name}`" in PAGE for name in optimizers
    )


@pytest.mark.parametrize(("title", "kind"), [("Models", "model"), ("Adapters", "adapter")])
def test_components_and_their_options_are_there(title, kind):
    component = {"model": "transformers", "adapter": "lora"}[kind]
    known = {c.name for c in HOST.all(kind) if c.plugin.distribution == "pitchpipe"}
    options = set(HOST.find(kind, component).options)
    assert first_cells(section(title)) <= known | options
    if kind == "adapter":
        said = set(re.findall(r"`(\w+)", section(title)))
        assert known | options - {"seed"} <= said


def test_recipes_of_the_table_ship_and_train():
    table = first_cells(section("Begin with a recipe"))
    tuned = {p.stem for p in (ROOT / "recipes").glob("*.yaml") if "\ntrainer:" in p.read_text("utf-8")}
    assert table == tuned
