"""Asks an export in a process of its own, which knows nothing of pitchpipe: its reader is a script."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.export.probes import ClientPrompt
from pitchpipe_stages.export.reference import MOST_TOKENS

READERS = Path(__file__).parent / "readers"
SHOWN = 15  # lines of what a process said before it failed


class Read(Struct):
    """What a reader found: who asked, the ids of each prompt as its chat template gives them, the replies."""

    by: str
    prompts: list[list[int] | None]
    replies: list[list[int]]
    notes: list[str] = []


def read(
    reader: str | Path,
    folder: Path,
    source: Path,
    probes: Sequence[ClientPrompt],
    stops: list[int],
    dtype: str,
) -> Read:
    """What the export in `folder` answers. `source` is what it was made from: some readers need more."""
    with tempfile.TemporaryDirectory() as place:
        order, answer = Path(place) / "order.json", Path(place) / "answer.json"
        order.write_bytes(
            msgspec.json.encode(
                {
                    "folder": str(folder),
                    "source": str(source),
                    "prompts": probes,
                    "max_new_tokens": MOST_TOKENS,
                    "stops": stops,
                    "dtype": dtype,
                }
            )
        )
        done = subprocess.run(
            [sys.executable, str(_script(reader)), str(order), str(answer)],
            capture_output=True,
            text=True,
            errors="replace",
            env=os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"},
        )
        if done.returncode or not answer.exists():
            said = "\n".join(f"  {line}" for line in (done.stderr or done.stdout).splitlines()[-SHOWN:])
            raise PitchpipeError(
                f"what was written cannot be loaded by {Path(reader).stem}, in a process of its own"
                f" (exit code {done.returncode}):\n{said}"
            )
        return msgspec.json.decode(answer.read_bytes(), type=Read)


def _script(reader: str | Path) -> Path:
    """The reader of that name, or a plugin's own."""
    return reader if isinstance(reader, Path) else READERS / f"by_{reader}.py"
