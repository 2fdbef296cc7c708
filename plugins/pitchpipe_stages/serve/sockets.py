"""The socket of a server: bound before a model is loaded, so that a port that is taken is known at once."""

import errno
import socket

from pitchpipe.errors import PitchpipeError


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
        raise PitchpipeError(_why(host, port, error)) from None
    return made


def address(made: socket.socket, host: str) -> str:
    """How a browser on this machine finds it."""
    port = made.getsockname()[1]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"


def _why(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken. Choose another, as in --port {port + 1}"
    if error.errno == errno.EACCES:
        return f"port {port} needs the rights of an administrator: choose one from 1024, as in --port 8000"
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return (
            f"{host} is no address of this machine. 127.0.0.1 is for this machine alone, 0.0.0.0 for all who"
            " can reach it"
        )
    return f"cannot listen on {host}, port {port}: {error.strerror or error}"
