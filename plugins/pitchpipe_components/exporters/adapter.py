"""The adapter alone, for servers that put several of them on one base."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

import pitchpipe as pp
from pitchpipe_components.exporters import serving
from pitchpipe_components.exporters.huggingface import BESIDE

CONFIG = "adapter_config.json"
RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)  # that vLLM takes: its config/lora.py
DEFAULT_RANK = 16  # of vLLM


@dataclass(frozen=True)
class AdapterAlone:
    """The adapter alone, for servers that swap adapters on one base: vLLM, SGLang, LoRAX, PEFT."""

    base: Annotated[
        str | None, Meta(description="the base's name on the hub, for a base that was a folder in training")
    ] = None

    takes: ClassVar[Literal["adapter"]] = "adapter"
    reader: ClassVar[str] = "peft"
    alike: ClassVar[float] = 1.0

    def __call__(self, export: pp.Export) -> None:
        said = _settings(export.source)
        base = self._named_base(export)
        for pattern in (*BESIDE, "adapter_model*.safetensors"):
            for file in export.source.glob(pattern):
                shutil.copyfile(file, export.folder / file.name)
        _write(export.folder, said | {"base_model_name_or_path": base})
        for problem in refused(said):
            export.console.say(f"[yellow]warning:[/] {problem}")

    def served(self, export: pp.Export) -> list[str]:
        return [] if refused(_settings(export.folder)) else self.served_together([export])

    def served_together(self, exports: Sequence[pp.Export]) -> list[str]:
        """Commands for several adapters on their base. The template and the ends are those of the first."""
        settings = {export.name: _settings(export.folder) for export in exports}
        for name, said in settings.items():
            if problems := refused(said):
                raise pp.PitchpipeError(f"adapter {name}: {'; '.join(problems)}")
        base, *others = dict.fromkeys(said["base_model_name_or_path"] for said in settings.values())
        if others:
            raise pp.PitchpipeError(f"adapters share one base, and these stand on {base} and {others[0]}")
        rank = max(int(said.get("r") or 0) for said in settings.values())
        most = f" --max-lora-rank {fitting(rank)}" if rank > DEFAULT_RANK else ""
        most += f" --max-loras {len(settings)}" if len(settings) > 1 else ""
        modules = " ".join(serving.quoted(f"{export.name}={export.folder}") for export in exports)
        folder = exports[0].folder
        file = folder / "chat_template.jinja"
        template = f" --chat-template {serving.quoted(file)}" if file.exists() else ""
        has_ends = (folder / "generation_config.json").exists()
        ends = f" --generation-config {serving.quoted(folder)}" if has_ends else ""
        base = serving.quoted(base)
        return [
            f"vllm serve {base} --enable-lora --lora-modules {modules}{most}{template}{ends}",
            f"python -m sglang.launch_server --model-path {base} --enable-lora --lora-paths {modules}"
            f"{template}",
        ]

    def rounded(self, export: pp.Export) -> Any:
        """The adapter on its base as servers load it: a base that was quantised in training is not."""
        from peft import PeftModel

        from pitchpipe_components.exporters.huggingface import load

        said = _settings(export.source)
        base = load(Path(said["base_model_name_or_path"]), revision=said.get("revision") or "main")
        if (rows := rows_needed(export.source)) > base.get_input_embeddings().num_embeddings:
            base.resize_token_embeddings(rows, mean_resizing=False)
        return PeftModel.from_pretrained(base, str(export.source))

    def _named_base(self, export: pp.Export) -> str:
        if name := self.base or export.base:
            return name
        raise pp.PitchpipeError(
            "an adapter is loaded onto its base, and this one's is a folder of this machine. Say its name on"
            " the hub, --set base=NAME, or write the merged model: --to huggingface"
        )


def refused(said: dict[str, Any]) -> list[str]:
    """What vLLM does not load, and what to do."""
    instead = "write the merged model, --to huggingface"
    found = []
    if said.get("peft_type") != "LORA":
        found.append(f"vLLM and SGLang load LoRA and no {said.get('peft_type')}: {instead}")
    if said.get("use_dora"):
        found.append(f"vLLM refuses DoRA: {instead}")
    if said.get("modules_to_save"):
        names = ", ".join(said["modules_to_save"])
        found.append(f"vLLM refuses modules that were trained whole ({names}): {instead}")
    if said.get("trainable_token_indices"):
        found.append(f"vLLM leaves out the rows of new tokens, without which the model is wrong: {instead}")
    if said.get("r", 0) > RANKS[-1]:
        found.append(f"vLLM takes a rank of at most {RANKS[-1]}, and this one is {said['r']}: {instead}")
    return found


def fitting(rank: int) -> int:
    """The least rank that vLLM takes for this one."""
    return next((most for most in RANKS if most >= rank), RANKS[-1])


def rows_needed(folder: Path) -> int:
    """The rows of the embeddings that an adapter with new tokens was made for; 0: it has none."""
    found = _settings(folder).get("trainable_token_indices") or []
    lists = found.values() if isinstance(found, dict) else [found]
    return max((max(ids, default=-1) for ids in lists), default=-1) + 1


def _settings(folder: Path) -> dict[str, Any]:
    return json.loads((folder / CONFIG).read_text("utf-8"))


def _write(folder: Path, said: dict[str, Any]) -> None:
    (folder / CONFIG).write_text(json.dumps(said, indent=2) + "\n", "utf-8")
