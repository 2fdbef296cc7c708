"""The socket of a server: bound before a model is loaded, so that a port that is taken is known at once."""

import errno
import os
import socket
from contextlib import suppress
from pathlib import Path

from pitchpipe.errors import PitchpipeError

TABLES, LISTENS = ("/proc/net/tcp", "/proc/net/tcp6"), "0A"  # how Linux tells of sockets


def bound(host: str, port: int) -> socket.socket:
    """A socket at this address, on which nobody listens yet; port 0 is any that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(
        socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
    )  # a server that was killed may come back at once
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise PitchpipeError(why_not(host, port, error)) from None
    return made


def address(made: socket.socket, host: str) -> str:
    """How a browser on this machine finds it."""
    port = made.getsockname()[1]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"


def why_not(host: str, port: int, error: OSError) -> str:
    """Why nobody can listen there, and what helps."""
    if error.errno == errno.EADDRINUSE:
        by = holder_of(port)
        return (
            f"port {port} of {host} is taken{f' by {by}' * bool(by)}. Choose another, as in --port {port + 1}"
        )
    if error.errno == errno.EACCES:
        return f"port {port} needs the rights of an administrator: choose one from 1024, as in --port 8000"
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return (
            f"{host} is no address of this machine. 127.0.0.1 is for this machine alone, 0.0.0.0 for all who"
            " can reach it"
        )
    return f"cannot listen on {host}, port {port}: {error.strerror or error}"


def holder_of(port: int) -> str:
    """The program that listens at a port of this machine, where that can be found out."""
    try:
        rows = [line.split() for file in TABLES for line in Path(file).read_text().splitlines()[1:]]
        sockets = {
            f"socket:[{row[9]}]" for row in rows if row[3] == LISTENS and row[1].endswith(f":{port:04X}")
        }
        for handle in Path("/proc").glob("[0-9]*/fd/*"):
            with suppress(OSError):
                if os.readlink(handle) in sockets:
                    process = handle.parents[1]
                    return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    except OSError:  # another system than Linux
        pass
    return ""
