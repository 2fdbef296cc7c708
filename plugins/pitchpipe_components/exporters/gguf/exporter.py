"""The exporter `gguf`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

import pitchpipe as pp
from pitchpipe_components.exporters import serving
from pitchpipe_components.exporters.gguf.architecture import Architecture
from pitchpipe_components.exporters.gguf.elsewhere import Elsewhere, by_llama_cpp
from pitchpipe_components.exporters.gguf.tokens import GgufTokens
from pitchpipe_components.exporters.huggingface import load, must_have_weights

Type = Annotated[
    Literal["f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0"],
    Meta(description="the type of the matrices: 32 or 16 bits, or about 8, 5 or 4 bits a weight"),
]
WHOLE = ("f32", "f16", "bf16")


@dataclass(frozen=True)
class Gguf:
    """One file for llama.cpp, Ollama and LM Studio, of models like Llama, Mistral, Qwen2 and Qwen3."""

    type: Type = "q8_0"

    takes: ClassVar[Literal["model"]] = "model"
    reader: ClassVar[str] = "gguf"

    @property
    def alike(self) -> float:
        """llama.cpp rounds what runs through quantised weights too."""
        return 1.0 if self.type in WHOLE else 0.9

    def __call__(self, export: pp.Export) -> None:
        self.write(export)

    def served(self, export: pp.Export) -> list[str]:
        file = serving.quoted(self.file(export))
        context = f" --ctx-size {most}" if (most := serving.positions(export.source)) else ""
        commands = [f"llama-server --model {file} --jinja{context} --alias {export.name}"]
        if self.type in WHOLE:
            smaller = serving.quoted(export.folder / f"{export.name}-q4_k_m.gguf")
            commands.append(f"llama-quantize {file} {smaller} Q4_K_M")
        return commands

    def file(self, export: pp.Export) -> Path:
        return export.folder / f"{export.name}-{self.type}.gguf"

    def write(self, export: pp.Export) -> Path:
        """Writes the file; what only llama.cpp's own converter can write stops with its command."""
        from pitchpipe_components.exporters.gguf.file import write

        must_have_weights(export.source)
        try:
            architecture = Architecture.of(export.source)
            tokens = GgufTokens.of(export.source, export.tokenizer, export.stops, architecture.rows)
        except Elsewhere as reason:
            raise pp.PitchpipeError(by_llama_cpp(reason, export, self.type)) from None
        for name in write(self.file(export), architecture, tokens, self.type, export):
            export.console.say(f"[dim]{name}: its rows cannot be cut into blocks, so it is written as f16[/]")
        return self.file(export)

    def rounded(self, export: pp.Export) -> Any:
        """The source with its matrices rounded as the file has them."""
        from pitchpipe_components.exporters.gguf.rounding import round_matrices

        types = {"f32": "float32", "f16": "float16", "bf16": "bfloat16"}
        model = load(export.source, types.get(self.type, "float32"))
        if self.type not in WHOLE:
            round_matrices(model, self.type)
        return model
