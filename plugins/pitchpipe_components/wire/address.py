"""Where a server is: its URL, checked, and the proxy on the way to it."""

from urllib.parse import urlsplit

CHAT, RAW = "/chat/completions", "/completions"
OPENAI = "api.openai.com"


def address(url: str) -> str:
    """A URL without what belongs to each request."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("url: expected http://... or https://..., up to /v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        words = (
            "url: expected no name, password or query: a recipe is kept with its run, so a key has no place"
        )
        raise ValueError(f"{words} in it. Name the variable that holds the key: `key: NAME`")
    return url.rstrip("/").removesuffix(CHAT).removesuffix(RAW)


def is_openai(url: str) -> bool:
    """Whether it is OpenAI itself, whose models want some parameters by other names."""
    return urlsplit(url).hostname == OPENAI


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for a URL; none leads to this machine itself."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    host = parts.hostname or ""
    if host == "localhost" or _is_loopback(host) or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
