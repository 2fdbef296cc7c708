"""Serves the rating page until Ctrl-C, and says where the votes lie."""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from pitchpipe_stages.console import escape
from pitchpipe_tools.compare.ballot_box import BallotBox
from pitchpipe_tools.compare.contestants import Contestant
from pitchpipe_tools.compare.duels import Duels
from pitchpipe_tools.compare.gate import Gate, is_loopback
from pitchpipe_tools.compare.outcome import VoteOutcome, first_votes, outcome_of
from pitchpipe_tools.compare.pairs import in_words, pairs_of
from pitchpipe_tools.compare.rating import Rating
from pitchpipe_tools.compare.results_page import results_page
from pitchpipe_tools.compare.server import RatingServer, Site, open_server

if TYPE_CHECKING:
    from pitchpipe_stages.console import RichConsole

FRESH = 5.0  # seconds for which nothing is computed anew
EVERYWHERE = ("0.0.0.0", "::")


class Standing:
    """The outcome of the votes so far."""

    def __init__(self, box: BallotBox, duels: Duels):
        self._box, self._duels = box, duels.by_key
        self._words, self._when, self._busy = "", -FRESH, Lock()

    def now(self) -> VoteOutcome:
        return outcome_of(self._box.votes(), self._duels)

    def more(self) -> str:
        """How many votes decide, as of a moment ago; one request finds it out, and the others do not wait."""
        if monotonic() - self._when > FRESH and self._busy.acquire(blocking=False):
            try:
                self._words = in_words(pairs_of(first_votes(self._box.votes(), self._duels), self._duels))
                self._when = monotonic()
            finally:
                self._busy.release()
        return self._words


def server_of(
    sides: Sequence[Contestant],
    duels: Duels,
    box: BallotBox,
    host: str,
    port: int,
    told: Callable[[str], None],
) -> RatingServer:
    """The server of a comparison, which listens already. `told` hears who begins and who is done."""
    standing, names = Standing(box, duels), [side.name for side in sides]
    guard = Gate(host, "" if is_loopback(host) else box.secret("token"), box.secret("owner"))

    def results() -> str:
        return results_page(standing.now(), names, box.file)

    return open_server(host, port, Site(Rating(duels, box, told, standing.more), results, guard))


def serve(server: RatingServer, port: int, box: BallotBox, console: "RichConsole") -> None:
    """Serve until Ctrl-C."""
    try:
        _show_links(server, port, console)
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    _show_end(len(box.votes()), box.file, console)


def _show_links(server: RatingServer, asked: int, console: "RichConsole") -> None:
    port, guard = server.server_address[1], server.site.guard
    if asked and port != asked:
        console.say(
            f"[yellow]Port {asked} is taken:[/] this is port {port}. Links to {asked} lead elsewhere."
        )
    place = f"http://{_name(guard.host)}:{port}"
    token = f"?token={guard.token}" if guard.token else ""
    console.say(f"For raters:   [bold]{place}/{token}[/]")
    console.say(f"The results:  [bold]{place}/results?key={guard.owner}[/]  [dim](they name the models)[/]")
    if guard.host in EVERYWHERE:
        console.say(
            "[dim]From other machines: the name or address of this one in the place of the first part.[/]"
        )
    if guard.token:
        console.say(
            "[yellow]Others can reach it:[/] who has the link can rate. It is not encrypted (http): use it"
            " in a network that you trust, or through ssh -L."
        )
    console.say("[dim]Every rater gets a link of their own on the page. Ctrl-C ends; no vote is lost.[/]")


def _name(host: str) -> str:
    if host in EVERYWHERE:
        from socket import gethostname

        return gethostname()
    return f"[{host}]" if ":" in host else host


def _show_end(count: int, file: Path, console: "RichConsole") -> None:
    votes = f"{count:,} vote{'' if count == 1 else 's'}"
    console.say(f"\n{votes} so far, in {escape(file)}. The same command goes on; raters keep their links.")
    if count:
        console.say("[dim]Add --results to see what they say, --export FILE to train on them.[/]")
