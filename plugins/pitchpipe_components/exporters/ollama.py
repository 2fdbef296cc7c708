"""The exporter `ollama`: a GGUF file, and the Modelfile that lets Ollama speak as training did."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

import pitchpipe as pp
from pitchpipe_components.exporters import serving
from pitchpipe_components.exporters.gguf.exporter import Gguf, Type
from pitchpipe_components.exporters.go_template import go_template, left_out

LONG = 8192  # tokens: a longer context takes gigabytes beside the weights
NO_TEMPLATE = (
    "the template is no `turns`, so the Modelfile has none: Ollama reads the chat template in the file, and"
    " takes one of its own where that looks alike. `ollama show --template {name}` shows which."
)


@dataclass(frozen=True)
class Ollama:
    """A GGUF file with a Modelfile: Ollama then has the template, the stops and the settings of training."""

    type: Type = "q8_0"
    context: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="num_ctx, the most tokens of a conversation; none: up to 8,192"),
    ] = None
    temperature: Annotated[
        float, Meta(ge=0, description="0 takes the likeliest token, as the scores of a run were measured")
    ] = 0.0

    takes: ClassVar[Literal["model"]] = "model"
    reader: ClassVar[str] = "gguf"

    @property
    def alike(self) -> float:
        return self._file.alike

    @property
    def _file(self) -> Gguf:
        return Gguf(self.type)

    def __call__(self, export: pp.Export) -> None:
        written = self._file.write(export)
        (export.folder / "Modelfile").write_text(self._modelfile(written.name, export), "utf-8")
        notes = left_out(export.template) if export.template else [NO_TEMPLATE.format(name=export.name)]
        for note in notes:
            export.console.say(f"[yellow]note:[/] {note}")

    def served(self, export: pp.Export) -> list[str]:
        name = export.name.lower()
        return [
            f"ollama create {name} -f {serving.quoted(export.folder / 'Modelfile')}",
            f"ollama run {name}",
        ]

    def rounded(self, export: pp.Export) -> Any:
        return self._file.rounded(export)

    def _modelfile(self, file: str, export: pp.Export) -> str:
        most = serving.positions(export.source) or LONG
        lines = [f"FROM ./{file}"]
        if export.template:
            lines.append(f'TEMPLATE """{go_template(export.template, export.tokenizer, export.stops)}"""')
        lines += [f"PARAMETER stop {stop}" for stop in map(_quoted, export.stops)]
        lines.append(f"PARAMETER num_ctx {self.context or min(most, LONG)}")
        lines.append(f"PARAMETER temperature {self.temperature:g}")
        return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A value of a Modelfile; one with a quote in it stands between three."""
    return f'"""{text}"""' if '"' in text else f'"{text}"'
