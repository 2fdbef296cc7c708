"""What this converter does not write: llama.cpp's own may, and its exact command is said."""

import shlex
from pathlib import Path

import pitchpipe as pp


class Elsewhere(Exception):
    """A model or a tokenizer that is not written here, and why."""


# What convert_hf_to_gguf.py takes for --outtype; llama-quantize makes the others from f16.
OUTTYPES = ("f32", "f16", "bf16", "q8_0")


def by_llama_cpp(reason: Elsewhere, export: pp.Export, kind: str) -> str:
    """The reason, and the commands to take instead."""
    outtype = kind if kind in OUTTYPES else "f16"
    folder = f"{export.name}-huggingface"
    file = f"{export.name}-{outtype}.gguf"
    lines = [
        f"pitchpipe export ... --to huggingface --out {shlex.quote(folder)}",
        "git clone https://github.com/ggml-org/llama.cpp && pip install -r llama.cpp/requirements.txt",
        f"python llama.cpp/convert_hf_to_gguf.py {shlex.quote(folder)} --outfile {shlex.quote(file)}"
        f" --outtype {outtype}",
    ]
    if outtype != kind:
        lines.append(f"llama-quantize {file} {export.name}-{kind}.gguf {kind.upper()}")
    missing = lacks(export)
    words = f"\nIt would stop, too: {'; '.join(missing)}." if missing else ""
    commands = "".join(f"\n  {line}" for line in lines)
    return f"gguf: {reason}. llama.cpp's own converter knows more families:{commands}{words}"


def lacks(export: pp.Export) -> list[str]:
    """What llama.cpp's converter needs and would not find."""
    found = []
    for name in ("config.json", "tokenizer.json"):
        if not (export.source / name).exists() and not (export.source / "tokenizer.model").exists():
            found.append(f"{name} is not in {_shown(export.source)}")
    rows = rows_of(export.source)
    if rows is not None and len(export.tokenizer) > rows:
        found.append(
            f"the tokenizer has {len(export.tokenizer):,} tokens and the model {rows:,} rows for them"
        )
    return found


def rows_of(source: Path) -> int | None:
    """The rows of the embeddings, as the config says."""
    import json

    said = json.loads((source / "config.json").read_text("utf-8"))
    rows = said.get("vocab_size") or said.get("text_config", {}).get("vocab_size")
    return int(rows) if rows else None


def _shown(folder: Path) -> str:
    return folder.name
