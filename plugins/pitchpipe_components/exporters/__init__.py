"""Registers the built-in exporters: what a tuned model is written as."""

import pitchpipe as pp
from pitchpipe_components.exporters.adapter import AdapterAlone
from pitchpipe_components.exporters.bitsandbytes import Bitsandbytes
from pitchpipe_components.exporters.gguf.exporter import Gguf
from pitchpipe_components.exporters.huggingface import HuggingFaceFolder
from pitchpipe_components.exporters.ollama import Ollama

ROOMS = ("pitchpipe_components.exporters",)


@pp.hookimpl
def register_exporters(register: pp.Register) -> None:
    register("adapter", AdapterAlone, needs=("peft", "torch", "transformers"), extra="train")
    register("bitsandbytes", Bitsandbytes, needs=("bitsandbytes", "torch", "transformers"), extra="train")
    register("gguf", Gguf, needs=("gguf", "torch", "transformers"), extra="gguf")
    register("huggingface", HuggingFaceFolder, needs=("torch", "transformers"), extra="train")
    register("ollama", Ollama, needs=("gguf", "torch", "transformers"), extra="gguf")
