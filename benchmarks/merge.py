"""How much memory a merge takes, beside the size of the model.   python benchmarks/merge.py

Makes a model of the Llama family in bfloat16 and an adapter, lora or dora. Merges them, with the check that
every merge has, and prints the most memory that this process held, less what it held after a small merge:
by then it had loaded and used all libraries.
"""

import argparse
import gc
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoConfig, AutoModelForCausalLM

from pitchpipe.host.contracts import Prompt
from pitchpipe_components.adapters import Lora
from pitchpipe_components.models import Tiny, Transformers
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.merge.merger import Merger

STATUS = Path("/proc/self/status")


def memory(name):
    """A number of the kernel's about this process, in bytes."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


def make(folder, layers, width, kind):
    """A model with an adapter that has learned something."""
    config = AutoConfig.for_model(
        "llama", vocab_size=8192, hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers,
        num_attention_heads=width // 64, num_key_value_heads=max(width // 128, 1), pad_token_id=1,
    )  # fmt: skip
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    model = AutoModelForCausalLM.from_config(config)
    torch.set_default_dtype(torch.float32)
    model.save_pretrained(folder / "base", max_shard_size="200MB")
    adapter = LoraConfig(
        r=8, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False,
        use_dora=kind == "dora",
    )  # fmt: skip
    get_peft_model(model, adapter).save_pretrained(folder / "adapter")


def apart(function, *given):
    """Calls a function in a process of its own: what it takes and gives back is no memory of this one."""
    if (child := os.fork()) == 0:
        function(*given)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


def merge(folder):
    tokenizer, adapter = Tiny().tokenizer(), Lora()
    prompts = [Prompt(text, tokenizer(text)["input_ids"], text, "") for text in ("Say five.", "Name a leaf.")]
    base = Transformers(folder=folder / "base", dtype="bfloat16")
    proof = Merger(adapter, tokenizer, [0], prompts, RichConsole(quiet=True)).merge(
        folder / "whole",
        lambda: adapter.load(base.weights(), folder / "adapter"),
        lambda whole, dtype: Transformers(folder=whole, dtype=dtype).weights(),
    )
    gc.collect()
    return proof


def measured(folder, layers, kind="lora"):
    """The memory of a merge as a share of the model's size, and that size."""
    for name, count, width in (("small", 1, 128), ("large", layers, 1024)):
        (folder / name).mkdir()
        apart(make, folder / name, count, width, kind)
    merge(folder / "small")
    gc.collect()
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    proof = merge(folder / "large")
    files = (folder / "large/base").glob("*.safetensors")
    size = sum(file.stat().st_size for file in files)
    return (memory("VmHWM") - before) / size, size, proof


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--layers", type=int, default=24)
    parser.add_argument("--kind", choices=["lora", "dora"], default="lora")
    parser.add_argument("--folder", help="where the models are written meanwhile")
    wanted = parser.parse_args()
    with TemporaryDirectory(dir=wanted.folder) as folder:
        share, size, proof = measured(Path(folder), wanted.layers, wanted.kind)
    print(proof)
    print(f"model {size / 2**20:,.0f} MiB   memory {share:.2f} times its size")
