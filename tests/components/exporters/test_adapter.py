"""What servers that swap adapters take, and what they refuse."""

import json
import re

import pytest

import pitchpipe as pp
from pitchpipe_components.exporters.adapter import AdapterAlone, fitting, refused, rows_needed
from tests.components.exporters.test_gguf import console

LORA = {"peft_type": "LORA", "r": 16, "base_model_name_or_path": "me/base"}


@pytest.mark.parametrize(("rank", "most"), [(1, 1), (4, 8), (16, 16), (17, 32), (65, 128), (400, 512)])
def test_the_rank_that_vllm_is_told(rank, most):
    assert fitting(rank) == most


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"use_dora": True}, "vLLM refuses DoRA"),
        ({"modules_to_save": ["lm_head"]}, r"trained whole \(lm_head\)"),
        ({"trainable_token_indices": {"embed_tokens": [7]}}, "leaves out the rows of new tokens"),
        ({"r": 1024}, "a rank of at most 512"),
        ({"peft_type": "IA3"}, "load LoRA and no IA3"),
    ],
)
def test_what_is_refused_is_told_with_the_cure(settings, words):
    (told,) = refused(LORA | settings)
    assert re.search(words, told) and "--to huggingface" in told
    assert refused(LORA) == []


def test_the_commands_name_the_rank_only_where_it_is_needed(tmp_path):
    job = pp.Export(tmp_path, tmp_path, "mine", "", None, None, [], console())
    (tmp_path / "chat_template.jinja").touch()
    for rank, more in ((16, ""), (64, " --max-lora-rank 64")):
        (tmp_path / "adapter_config.json").write_text(json.dumps(LORA | {"r": rank}))
        vllm, sglang = AdapterAlone().served(job)
        assert f"vllm serve me/base --enable-lora --lora-modules mine={tmp_path}{more} --chat" in vllm
        assert f"--lora-paths mine={tmp_path}" in sglang
    assert rows_needed(tmp_path) == 0
