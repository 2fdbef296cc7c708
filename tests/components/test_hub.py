"""Which commit a name on the hub means: what the hub says, or offline what the cache says."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from huggingface_hub import constants

from pitchpipe_components import hub
from pitchpipe_components.models import Transformers
from tests.components.loaders.kinds import put

OLD, NEW = "0a" * 20, "1b" * 20


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A local cache where main is the old commit and a tag the new one."""
    refs = tmp_path / "models--someone--model" / "refs"
    refs.mkdir(parents=True)
    put(refs / "main", OLD)
    put(refs / "v2", NEW)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    hub.commit_of.cache_clear()
    yield tmp_path
    hub.commit_of.cache_clear()


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.path.startswith("/api/models/someone/model")
        body = json.dumps({"id": "someone/model", "sha": NEW} if found else {"error": "no"}).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def online(cache, monkeypatch):
    """A hub of this machine, where main has moved to the new commit."""
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield server
    server.shutdown()
    server.server_close()


def test_offline_the_cache_tells(cache):
    assert hub.commit_of("someone/model", None, "model") == OLD
    assert hub.commit_of("someone/model", "v2", "model") == NEW
    assert hub.commit_of("someone/model", NEW, "model") == NEW
    assert hub.record("someone/model", None, "model") == {"someone/model on the hub": OLD}
    assert Transformers(name="someone/model").commit == OLD
    assert Transformers(name="someone/model", revision="v2").commits() == {"someone/model on the hub": NEW}


def test_what_is_not_known_never_counts_as_unchanged(cache):
    assert hub.commit_of("someone/model", None, "dataset") == ""
    first, again = (hub.record("someone/model", "v3", "model") for _ in range(2))
    assert first != again and Transformers(name="someone/model", revision="v3").commit == "v3"


def test_the_hub_tells_before_the_cache(online):
    assert hub.commit_of("someone/model", None, "model") == NEW


def test_a_hub_that_does_not_answer_leaves_it_to_the_cache(online):

    assert hub.commit_of("someone/other", None, "model") == ""
    online.shutdown()
    online.server_close()
    assert hub.commit_of("someone/model", None, "model") == OLD


def test_a_model_of_pointers_is_named_as_such(tmp_path):
    put(tmp_path / "config.json", "{}")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0a" * 32 + "\nsize 9000000000\n"
    put(tmp_path / "model.safetensors", pointer)
    with pytest.raises(ValueError, match=r"model\.safetensors is a Git LFS pointer to 9,000,000,000 bytes"):
        Transformers(folder=tmp_path)
