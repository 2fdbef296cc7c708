"""The files that keep a server running say what the command understands, and give nobody more than they need."""

import configparser
import re
import shlex
import tomllib

import pytest
import yaml

from pitchpipe_stages.serve.sections import SERVE, Serve
from pitchpipe_tools.serve.command import serve
from pitchpipe_tools.serve.served_recipe import served_recipe
from tests.documents import ROOT

DEPLOY = ROOT / "deploy"
SECONDS = {"s": 1, "m": 60}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["pitchpipe"]


@pytest.fixture(scope="module")
def unit():
    found = configparser.ConfigParser(strict=False, interpolation=None)
    found.optionxform = str
    found.read_string((DEPLOY / "pitchpipe.service").read_text("utf-8"))
    return found


def told(arguments):
    """What the command makes of arguments: a usage error where it does not understand them."""
    options = serve.make_context("serve", list(arguments)).params
    place, overrides = options.pop("place"), options.pop("overrides")
    return place, served_recipe("no-model", options, overrides)[SERVE]


def seconds(text):
    return int(text[:-1]) * SECONDS[text[-1]]


def test_the_container_serves_with_keys(compose):
    command, *arguments = compose["command"]
    place, options = told(arguments)
    assert command == "serve" and place == "/runs/quickstart"
    assert options.host == "0.0.0.0" and options.key == "PITCHPIPE_KEYS"
    assert f"127.0.0.1:{options.port}:{options.port}" in compose["ports"]
    assert f"served:{options.folder}" in compose["volumes"]
    assert seconds(compose["stop_grace_period"]) > options.grace
    assert compose["env_file"] == "keys.env"
    assert not any("KEY" in name for name in compose["environment"])


def test_the_container_may_do_little(compose):
    assert compose["read_only"] is True and compose["cap_drop"] == ["ALL"]
    assert compose["user"].partition(":")[0] != "0"
    assert "no-new-privileges:true" in compose["security_opt"]
    assert all(port.startswith("127.0.0.1:") for port in compose["ports"])
    assert "../runs:/runs:ro" in compose["volumes"]


def test_the_container_is_asked_whether_it_is_well(compose):
    """By a route that needs no key."""
    assert "http://127.0.0.1:8000/health" in " ".join(compose["healthcheck"]["test"])


def test_the_image_installs_what_serves(compose):
    lines = (DEPLOY / compose["build"]["dockerfile"].removeprefix("deploy/")).read_text("utf-8").splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    said = dict(line.split(" ", 1) for line in lines if re.match(r"(FROM|USER|ENTRYPOINT) ", line))
    assert said["FROM"] == f"python:{project['requires-python'].lstrip('>=')}-slim"
    assert said["USER"] == compose["user"] and said["ENTRYPOINT"] == '["pitchpipe"]'
    assert "serve" in project["optional-dependencies"] and "'/src[serve]'" in "\n".join(lines)


def test_the_unit_serves_with_keys_of_a_file(unit):
    service = unit["Service"]
    program, command, *arguments = shlex.split(service["ExecStart"])
    place, options = told(arguments)
    assert program.endswith("/bin/pitchpipe") and command == "serve"
    assert place == "/etc/pitchpipe/serve.yaml" and options.key == "PITCHPIPE_KEYS"
    assert service["EnvironmentFile"] == "/etc/pitchpipe/keys.env"
    assert int(service["TimeoutStopSec"]) > Serve().grace and service["KillSignal"] == "SIGTERM"
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"


def test_the_unit_may_do_little(unit):
    service = unit["Service"]
    assert service["DynamicUser"] == service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict" and service["CapabilityBoundingSet"] == ""


def test_the_documents_say_the_numbers_of_the_code():
    from pitchpipe_stages.serve import access, connections
    from pitchpipe_stages.serve.keys import SHORTEST

    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    assert f"| headers | {connections.LARGEST_HEAD >> 10} KiB, {connections.SLOWEST:.0f} seconds |" in page
    assert f"| a body that is slow | {access.SLOWEST:.0f} seconds |" in page
    assert f"| connections | {connections.MOST} |" in page
    assert f"A key has {SHORTEST} characters" in page
    assert f"has `grace` seconds ({Serve().grace:.0f})" in page
