"""Writes what the teacher of quickstart-generate says: python recipes/making/replies.py FOLDER

The recipe is run with the stand-in teacher, and what it was asked is written in the order of the questions'
keys. To be done again whenever a prompt of a generator, or the recipe, changes.
"""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from stand_in import server

from pitchpipe_stages.generate.requests.cassette import write_lines
from pitchpipe_stages.generate.requests.record import RequestRecord

RECIPE = Path(__file__).parents[1] / "quickstart-generate.yaml"
NAME = "quickstart-replies.jsonl.gz"
ASKED = ("messages", "max_tokens", "temperature", "top_p", "schema", "nth")
SAID = ("text", "end", "model", "usage")


def line(text: str) -> str:
    """What decides a reply, and the reply."""
    one = json.loads(text)
    request = {name: value for name in ASKED if (value := one["request"].get(name)) is not None}
    reply = {name: one["reply"][name] for name in SAID}
    return json.dumps({"request": request, "reply": reply}, ensure_ascii=False)


def asked(folder: Path) -> list[str]:
    """The lines of a record that is made anew in a folder."""
    with server() as stand_in:
        Thread(target=stand_in.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{stand_in.server_address[1]}/v1"
        teacher = f'teachers.writer={{openai: {{url: "{url}", model: stand-in, concurrency: 16}}}}'
        command = [sys.executable, "-m", "pitchpipe", "generate", str(RECIPE)]
        command += ["--set", teacher, "--set", f"generate.folder={folder}"]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
        stand_in.shutdown()
    record, written = RequestRecord(folder / "asks.sqlite"), folder / "lines.jsonl"
    with open(written, "wb") as lines:
        write_lines(record, lines)
    record.close()
    return sorted(map(line, written.read_text("utf-8").splitlines()))


def write(folder: Path) -> None:
    with TemporaryDirectory() as made:
        lines = asked(Path(made))
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / NAME, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write("".join(f"{one}\n" for one in lines).encode())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
