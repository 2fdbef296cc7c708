"""A hub of models on this machine: as much of the hub's HTTP API as an upload needs. `files` is what it holds."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hf_of_me"


class Hub(ThreadingHTTPServer):
    """`files` are those of each name, `private` the names that few see. `fails` is a path that breaks once."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.files: dict[str, dict[str, bytes]] = {}
        self.private: set[str] = set()
        self.stored: dict[str, bytes] = {}
        self.puts: list[str] = []
        self.fails = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answers(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.say(401, {"error": "Invalid credentials"})
        if path == "/api/whoami-v2":
            return self.say(200, {"name": "me", "type": "user", "orgs": []})
        name, _, rest = path.removeprefix("/api/models/").partition("/tree/")
        if name not in self.server.files:
            return self.say(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
        files = self.server.files[name]
        if rest:
            return self.say(
                200, [{"type": "file", "path": f, "size": len(files[f]), "oid": "0" * 40} for f in files]
            )
        self.say(200, {"id": name, "sha": "0" * 40, "siblings": [{"rfilename": file} for file in files]})

    def do_POST(self) -> None:
        body = (
            self.rfile.read(int(self.headers["Content-Length"]))
            if "Content-Length" in self.headers
            else self.chunks()
        )
        path = self.path.partition("?")[0]
        if path == "/api/repos/create":
            return self.create(json.loads(body))
        if path == "/api/validate-yaml":
            return self.say(200, {"errors": [], "warnings": []})
        if path.endswith(".git/info/lfs/objects/batch"):
            return self.batch(json.loads(body))
        name = path.removeprefix("/api/models/").rpartition("/")[0].rpartition("/")[0]
        if "/preupload/" in path:
            told = [
                {
                    "path": f["path"],
                    "uploadMode": "lfs" if f["path"].endswith(".safetensors") else "regular",
                    "shouldIgnore": False,
                }
                for f in json.loads(body)["files"]
            ]
            return self.say(200, {"files": told})
        assert "/commit/" in path, path
        self.commit(name, [json.loads(line) for line in body.splitlines() if line])

    def do_PUT(self) -> None:
        oid = self.path.rpartition("/")[2]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.puts.append(oid)
        if self.server.fails == "upload":
            self.server.fails = ""
            return self.say(403, {"error": "no more room"})
        self.server.stored[oid] = body
        self.say(200, {})

    def create(self, said: dict[str, Any]) -> None:
        owner, name = said.get("organization") or "me", said["name"]
        if owner != "me":
            return self.say(
                403, {"error": "You don't have the rights to create a model under this namespace"}
            )
        if self.server.files.setdefault(f"me/{name}", {}):
            return self.say(
                409, {"error": "You already created this model repo", "url": f"{self.server.url}/me/{name}"}
            )
        if said.get("private") or said.get("visibility") == "private":
            self.server.private.add(f"me/{name}")
        self.say(200, {"url": f"{self.server.url}/me/{name}", "name": f"me/{name}", "id": f"me/{name}"})

    def batch(self, said: dict[str, Any]) -> None:
        objects = []
        for one in said["objects"]:
            action = {"upload": {"href": f"{self.server.url}/put/{one['oid']}", "header": {}}}
            objects.append(one if one["oid"] in self.server.stored else {**one, "actions": action})
        self.say(200, {"transfer": "basic", "objects": objects})

    def commit(self, name: str, lines: list[dict[str, Any]]) -> None:
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                self.server.files[name][value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                self.server.files[name][value["path"]] = self.server.stored[value["oid"]]
        self.say(
            200,
            {
                "success": True,
                "commitOid": "1" * 40,
                "commitUrl": f"{self.server.url}/{name}/commit/{'1' * 40}",
                "hookOutput": "",
            },
        )

    def chunks(self) -> bytes:
        found = b""
        while size := int(self.rfile.readline(), 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def say(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {
            **(headers or {}),
            "Content-Type": "application/json",
            "Content-Length": str(len(text)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None: ...


@contextmanager
def hub() -> Iterator[Hub]:
    """A hub that answers until the end."""
    server = Hub()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
