"""A file of GGUF holds the model and the tokenizer: as Transformers reads it."""

import json
from types import SimpleNamespace

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

import pitchpipe as pp
from pitchpipe_components.exporters.gguf.exporter import Gguf
from tests.families import small
from tests.tokenizers import byte_pairs, bytes_alone

IDS = torch.tensor([[5, 70, 71, 72, 90, 100, 31, 44, 71, 70, 9, 12]])
TEXTS = (
    "Say it's 12345 times!\n\n",
    "Écris « été »",
    "  two  spaces\tand 😀",
    "<|im_start|>user\nHi<|im_end|>\n",
)


def console():
    from contextlib import contextmanager

    @contextmanager
    def bar(label, total=None):
        yield lambda *args, **named: None

    return SimpleNamespace(say=print, bar=bar)


def export(folder, model, tokenizer=None):
    """A job, with a model that is saved as anyone saves it."""
    tokenizer = tokenizer or bytes_alone()
    source, out = folder / "source", folder / "out"
    out.mkdir()
    model.save_pretrained(source)
    tokenizer.save_pretrained(source)
    return pp.Export(source, out, "small", "", tokenizer, None, ["<|im_end|>", "<|end|>"], console())


def models(family):
    """Of a family: one that shares its embeddings, and one of the shapes that go wrong in converters."""
    model = small(family, rows=300)
    for name, weight in model.named_parameters():
        if "bias" in name or "norm" in name:  # else all are 0, or all 1
            weight.data += 0.1 * torch.randn_like(weight)
    return [model, small(family, tied=True, rows=300)]


def llama3_positions():
    """As Llama 3.1 stretches them, with a wave on each side and one between."""
    from transformers import LlamaConfig, LlamaForCausalLM

    known = {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0}
    known |= {"high_freq_factor": 4.0, "original_max_position_embeddings": 64}
    torch.manual_seed(0)
    return LlamaForCausalLM(
        LlamaConfig(
            hidden_size=64, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
            vocab_size=300, max_position_embeddings=512, rope_parameters=known, attention_bias=True, pad_token_id=1,
        )
    )  # fmt: skip


def logits(model):
    with torch.no_grad():
        return model.eval()(IDS).logits


def read(job, kind):
    """The model with the weights of the file, as the reader of exports loads it."""
    shape = AutoConfig.from_pretrained(job.source)
    known = {} if shape.model_type == "mistral" else {"config": shape}
    return AutoModelForCausalLM.from_pretrained(
        job.folder, gguf_file=f"small-{kind}.gguf", dtype=torch.float32, **known
    )


@pytest.mark.parametrize("family", ["llama", "mistral", "qwen2", "qwen3"])
def test_another_reader_finds_the_same_weights(tmp_path, family):
    for number, model in enumerate(models(family)):
        (tmp_path / str(number)).mkdir()
        job = export(tmp_path / str(number), model)
        Gguf("f32")(job)
        torch.testing.assert_close(logits(read(job, "f32")), logits(model), atol=2e-5, rtol=1e-4)


def test_positions_that_are_stretched_are_told(tmp_path):
    """Transformers makes nothing of them; the factors are its own."""
    from gguf import GGUFReader
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    model = llama3_positions()
    job = export(tmp_path, model)
    Gguf("f32")(job)
    (tensor,) = (
        t for t in GGUFReader(job.folder / "small-f32.gguf").tensors if t.name == "rope_freqs.weight"
    )
    theirs, _ = ROPE_INIT_FUNCTIONS["llama3"](model.config, "cpu")
    plain = 10000.0 ** -(torch.arange(0, 32, 2) / 32)
    torch.testing.assert_close(plain / torch.tensor(tensor.data), theirs)
    assert len(set(tensor.data.tolist())) > 3  # on each side, and between


def test_what_is_rounded_is_what_lies_in_the_file(tmp_path):
    job = export(tmp_path, small("llama", rows=300))
    for kind in ("f16", "bf16", "q8_0", "q4_0", "q5_1"):
        Gguf(kind)(job)
        found = read(job, kind)
        torch.testing.assert_close(
            logits(found), logits(Gguf(kind).rounded(job).float()), atol=2e-5, rtol=1e-4
        )


@pytest.mark.parametrize("tokenizer", [byte_pairs, bytes_alone])
def test_another_reader_finds_the_same_tokens(tmp_path, tokenizer):
    tokens = tokenizer()
    job = export(tmp_path, small("llama", rows=len(tokens) + 3), tokens)
    Gguf("f16")(job)
    found = AutoTokenizer.from_pretrained(job.folder, gguf_file="small-f16.gguf")
    for text in TEXTS:
        wanted = tokens(text, add_special_tokens=False)["input_ids"]
        assert found(text, add_special_tokens=False)["input_ids"] == wanted, text


def test_what_is_not_written_here_is_said_with_the_command_of_llama_cpp(tmp_path):
    cases = {
        "gpt2": "models of the kind 'gpt2'",
        "llama": "the tokenizer has 264 tokens and the model 200 rows",
    }
    for family, words in cases.items():
        (tmp_path / family).mkdir()
        with pytest.raises(pp.PitchpipeError) as told:
            Gguf("q4_0")(export(tmp_path / family, small(family, rows=200)))
        assert words in str(told.value)
        assert "convert_hf_to_gguf.py small-huggingface --outfile small-f16.gguf --outtype f16" in str(
            told.value
        )
        assert "llama-quantize small-f16.gguf small-q4_0.gguf Q4_0" in str(told.value)


def test_a_tokenizer_that_cuts_in_a_way_of_its_own_is_not_guessed(tmp_path):
    job = export(tmp_path, small("llama", rows=1300), byte_pairs())
    file = job.source / "tokenizer.json"
    said = json.loads(file.read_text())
    said["pre_tokenizer"]["pretokenizers"][0]["pattern"] = {"Regex": "[a-z]+|."}
    file.write_text(json.dumps(said))
    with pytest.raises(
        pp.PitchpipeError, match=r"llama\.cpp's name for how this tokenizer cuts texts is not known"
    ):
        Gguf()(job)
