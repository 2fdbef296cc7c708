"""The server of the rating page: answers raters' pages, each in a thread."""

import errno
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe_tools.compare.ballot_box import VoteTaken
from pitchpipe_tools.compare.gate import Gate
from pitchpipe_tools.compare.page import policy, rating_page
from pitchpipe_tools.compare.rating import BadRequest, Ballot, Rating

LARGEST = 1 << 17  # bytes of a request: notes of 10,000 characters fit
PORTS = 20  # that are tried, one after the other
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Joining(msgspec.Struct):
    name: str = ""


class Shown(msgspec.Struct):
    task: str = ""


@dataclass(frozen=True)
class Site:
    """All that is served."""

    rating: Rating
    results: Callable[[], str]  # the page of the results
    guard: Gate


class RatingServer(ThreadingHTTPServer):
    """Serves until it is stopped."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, site: Site):
        self.site = site
        self.address_family = AF_INET6 if ":" in host else AF_INET
        super().__init__((host, port), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no error of ours."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


def open_server(host: str, port: int, site: Site) -> RatingServer:
    """At this port, or at the next one that is free."""
    for one in range(port, min(port + PORTS, 65536)) if port else [0]:
        try:
            return RatingServer(host, one, site)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise PitchpipeError(
                    f"cannot listen on {host}, port {one}: {error.strerror or error}"
                ) from None
    raise PitchpipeError(
        f"the ports {port} to {min(port + PORTS, 65536) - 1} of {host} are all taken: choose another --port"
    )


class Handler(BaseHTTPRequestHandler):
    """Answers one request after the other of a connection."""

    protocol_version = "HTTP/1.1"
    timeout = 60  # seconds that a connection may be silent
    server: RatingServer

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(place.query).items()}
        if not self._is_admitted(query.get("token", ""), place.path == "/results"):
            return
        if place.path == "/":
            self._send(HTTPStatus.OK, rating_page(), "text/html; charset=utf-8", policy())
        elif place.path == "/results" and self.server.site.guard.is_owner(query.get("key", "")):
            page = self.server.site.results().encode("utf-8", "replace")
            self._send(HTTPStatus.OK, page, "text/html; charset=utf-8", refresh=True)
        elif place.path == "/results":
            self._refuse(HTTPStatus.FORBIDDEN, "The link to the results stands in the terminal.")
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "There is nothing here.")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        body = self._body()
        if body is None or not self._is_admitted(self.headers.get("X-Token", "")):
            return
        if not self.server.site.guard.is_own_page(self.headers):
            return self._refuse(HTTPStatus.FORBIDDEN, "Another site has sent this.")
        try:
            self._json(HTTPStatus.OK, self._answer(urlsplit(self.path).path, body))
        except BadRequest as refusal:
            self._refuse(HTTPStatus.BAD_REQUEST, str(refusal))
        except msgspec.MsgspecError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, f"This request is not understood: {error}")
        except VoteTaken:
            self._refuse(HTTPStatus.CONFLICT, "You have voted on this before; that vote stands.")
        except sqlite3.Error as error:
            self._refuse(HTTPStatus.INSUFFICIENT_STORAGE, f"Nothing was saved: {error}")
        except ConnectionError:
            raise
        except Exception:
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, "Nothing was saved: the terminal says why.")
            raise

    def _answer(self, path: str, body: bytes) -> Any:
        rating = self.server.site.rating
        if path == "/api/join":
            return rating.join(msgspec.json.decode(body, type=Joining).name)
        calls: dict[str, Callable[[], Any]] = {
            "/api/next": lambda: rating.next(rater),
            "/api/back": lambda: rating.back(rater, msgspec.json.decode(body, type=Shown).task),
            "/api/vote": lambda: rating.vote(rater, msgspec.json.decode(body, type=Ballot)),
        }
        if path not in calls:
            raise BadRequest("There is nothing here.")
        rater = rating.rater(self.headers.get("X-Rater", ""))
        return calls[path]()

    # --- Requests ----------------------------------------------------------------------------------

    def _is_admitted(self, token: str, is_results: bool = False) -> bool:
        guard = self.server.site.guard
        if not guard.knows(self.headers):
            self._refuse(
                HTTPStatus.FORBIDDEN, "This server has another name: use the link from the terminal."
            )
            return False
        if not is_results and not guard.admits(token):
            self._refuse(HTTPStatus.FORBIDDEN, "The link lacks its token: use the whole link.")
            return False
        return True

    def _body(self) -> bytes | None:
        """The body of a request; none, and an answer, where there is none that we take."""
        try:
            size = int(self.headers.get("Content-Length", ""))
        except ValueError:
            size = -1
        if self.headers.get_content_type() != "application/json" or not 0 <= size <= LARGEST:
            self.close_connection = True  # what was sent is not read
            self._refuse(
                HTTPStatus.BAD_REQUEST, f"An object of JSON is needed, of at most {LARGEST:,} bytes."
            )
            return None
        return self.rfile.read(size)

    # --- Answers -----------------------------------------------------------------------------------

    def _refuse(self, status: HTTPStatus, words: str) -> None:
        if self.command == "POST":
            self._json(status, {"error": words})
        else:
            self._send(status, words.encode() + b"\n", "text/plain; charset=utf-8")

    def _json(self, status: HTTPStatus, answer: Any) -> None:
        self._send(status, msgspec.json.encode(answer), "application/json")

    def _send(
        self,
        status: HTTPStatus,
        body: bytes,
        kind: str,
        csp: str = "default-src 'none'",
        refresh: bool = False,
    ) -> None:
        self.send_response(status)
        headers = ALWAYS | {"Content-Type": kind, "Content-Length": str(len(body))}
        if refresh:  # its own policy stands in the page
            headers |= {"Refresh": "10"}
        else:
            headers |= {"Content-Security-Policy": csp}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def version_string(self) -> str:
        return "pitchpipe"

    def log_message(self, format: str, *values: object) -> None:
        """Nothing is said of single requests: their links hold keys."""
