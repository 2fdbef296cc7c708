"""Huge rows are read or refused, as the recipe says."""

import json
import shutil
from pathlib import Path

from tests.messy.prepared import Prepared, assert_sound


def test_huge_rows_are_read_or_refused_as_the_recipe_says(tmp_path: Path) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * (1 << 20)}}
    rows = [
        {"messages": [{"role": "user", "content": "Say hello."}, {"role": "assistant", "content": "Hello!"}]},
        {"messages": [{"role": "user", "content": [image]}, {"role": "assistant", "content": "A cat."}]},
        {
            "messages": [
                {"role": "user", "content": "Go on."},
                {"role": "assistant", "content": "On. " * (1 << 20)},
            ]
        },
        {"messages": [{"role": "user", "content": "Say bye."}, {"role": "assistant", "content": "Bye!"}]},
    ]
    (tmp_path / "lines.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "list.json").write_text(json.dumps(rows))
    for name in ("lines.jsonl", "list.json"):
        done = Prepared(tmp_path, {name: ""})
        assert_sound(done)
        assert [len(talk[-1]) for talk in done.talks()] == [6, 4 << 20, 4]
        assert [said.partition(" ")[2] for said in done.said()] == [
            "dropped: holds image parts, which cannot be learned"
        ]
        shutil.rmtree(done.folder)
        done = Prepared(tmp_path, {name: "max_bytes: 2048"})
        assert_sound(done)
        assert [talk[-1] for talk in done.talks()] == ["Hello!", "Bye!"]
        assert all("longer than 2048 bytes" in said for said in done.said()) and len(done.said()) == 2
        assert max(len(json.dumps(line)) for line in done.ledger) < 200_000  # it does not keep them whole
        shutil.rmtree(done.folder)
