"""The command sniff."""

import sys

import pytest


@pytest.fixture
def sniff(tmp_path, monkeypatch, capsys):
    """sniff(*arguments, **files) -> (exit code, all that was said); the files stand in this folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments, files=None):
        from pitchpipe.cli import main

        for name, content in (files or {}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        monkeypatch.setattr(sys, "argv", ["pitchpipe", "sniff", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        said = capsys.readouterr()
        return code, "\n".join(" ".join(line.split()) for line in (said.out + said.err).splitlines())

    return run
