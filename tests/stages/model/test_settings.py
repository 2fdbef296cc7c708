"""A generation config that Transformers would refuse to save, when all is trained."""

import shutil

import pytest
from transformers import GenerationConfig

from pitchpipe.errors import PitchpipeError
from pitchpipe_components.models import Tiny
from pitchpipe_stages.model.settings import make_saveable
from tests.base_folder import RECIPE


def test_settings_of_sampling_where_nobody_samples(tmp_path):
    settings = GenerationConfig(temperature=0.9, top_p=0.6, eos_token_id=3)
    with pytest.raises(ValueError, match="do_sample"):
        settings.save_pretrained(tmp_path)
    assert "do nothing without do_sample: temperature 0.9, top_p 0.6" in make_saveable(settings)
    settings.save_pretrained(tmp_path)
    again = GenerationConfig.from_pretrained(tmp_path)
    assert again.eos_token_id == 3 and again.temperature in (None, 1.0)


@pytest.mark.parametrize("given", [{}, {"do_sample": True, "temperature": 0.9, "top_k": 5}, {"top_k": 50}])
def test_what_is_in_order_stays(given, tmp_path):
    settings = GenerationConfig(**given)
    assert make_saveable(settings) == ""
    settings.save_pretrained(tmp_path)
    again = GenerationConfig.from_pretrained(tmp_path)
    assert all(getattr(again, name) in (value, None) for name, value in given.items())


def test_what_cannot_be_cured_is_told_before_training():
    settings = GenerationConfig()
    settings.num_return_sequences = 4
    with pytest.raises(PitchpipeError, match=r"generation_config\.json cannot be saved"):
        make_saveable(settings)


@pytest.mark.slow
def test_a_run_says_so_and_saves_what_it_has_trained(project):
    rows = [{"instruction": f"Say {n}.", "output": str(n)} for n in range(8)]
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": rows})
    shutil.copytree(Tiny().folder, here.folder / "base")
    here.write({"base/generation_config.json": '{"eos_token_id": 0, "temperature": 0.9}'})
    out = here.run("run", "recipe.yaml").assert_success().out
    assert (
        "left out of generation_config.json, where they do nothing without do_sample: temperature 0.9" in out
    )
    saved = here.json("runs/recipe/model/generation_config.json")
    assert saved["eos_token_id"] == [0, 3] and "temperature" not in saved
