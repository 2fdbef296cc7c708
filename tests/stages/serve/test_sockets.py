"""Ports that are taken, before a model is loaded and after."""

import asyncio
import os
import socket

import pytest

import pitchpipe as pp
from pitchpipe_stages.serve.api.app import app_of
from pitchpipe_stages.serve.life import ServerLife
from pitchpipe_stages.serve.service import ServingService
from pitchpipe_stages.serve.sockets import address, bound
from tests.stages.serve.said import Saying


def test_a_port_that_another_listens_at_names_who_it_is():
    with bound("127.0.0.1", 0) as first:
        first.listen()
        port = first.getsockname()[1]
        with pytest.raises(pp.PitchpipeError, match=rf"{port} of 127.0.0.1 is taken by .*{os.getpid()}"):
            bound("127.0.0.1", port)


def test_a_server_that_was_quicker_is_told_too(tmp_path):
    """Both are bound while they load their models; one listens first."""
    service = ServingService({"m": Saying()}, tmp_path)
    with bound("127.0.0.1", 0) as first, bound("127.0.0.1", first.getsockname()[1]) as second:
        live = ServerLife(service, app_of(service), 1).live(second, first.listen)
        with pytest.raises(pp.PitchpipeError, match=r"is taken by .* Choose another"):
            asyncio.run(live)
    assert not service.begun


@pytest.mark.parametrize(
    ("host", "words"),
    [("192.0.2.1", "no address of this machine"), ("no-such-host.invalid", "no address of this machine")],
)
def test_an_address_that_is_not_ours(host, words):
    with pytest.raises(pp.PitchpipeError, match=words):
        bound(host, 0)


def test_addresses_are_links():
    with bound("0.0.0.0", 0) as everyone:
        assert address(everyone, "0.0.0.0") == f"http://127.0.0.1:{everyone.getsockname()[1]}"
    if socket.has_ipv6:
        with bound("::1", 0) as alone:
            assert address(alone, "::1") == f"http://[::1]:{alone.getsockname()[1]}"
