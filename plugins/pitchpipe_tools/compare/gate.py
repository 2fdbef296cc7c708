"""Who may ask the server: links with the token, and pages that the server has sent itself."""

from dataclasses import dataclass, field
from email.message import Message
from hmac import compare_digest
from ipaddress import ip_address
from socket import gethostname
from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class Gate:
    """Without a token, anyone on this machine may rate."""

    host: str
    token: str  # of raters; empty on loopback
    owner: str = field(repr=False)  # the key of the page with the results

    def admits(self, token: str) -> bool:
        return not self.token or _same(token, self.token)

    def is_owner(self, key: str) -> bool:
        return _same(key, self.owner)

    def knows(self, headers: Message) -> bool:
        """Whether the browser was sent to this server by its own name: another name that leads here belongs
        to a foreign page, which would read what we answer."""
        host = _host(headers.get("Host", ""))
        if host in LOOPBACK or host == self.host.lower():
            return True
        return not is_loopback(self.host) and (_is_address(host) or host.partition(".")[0] == _machine())

    def is_own_page(self, headers: Message) -> bool:
        """Whether a request that changes something comes from our page, where a browser says."""
        origin = headers.get("Origin")
        return origin is None or urlsplit(origin).netloc.lower() == headers.get("Host", "").lower()


def _same(given: str, known: str) -> bool:
    """Takes as long for each wrong one."""
    return compare_digest(given.encode("utf-8", "replace"), known.encode())


def _host(header: str) -> str:
    """The name in a header Host, without its port."""
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _machine() -> str:
    return gethostname().lower().partition(".")[0]
