"""Shows how a conversation was made: seed, demonstrations, evolutions, answer, each with what was asked."""

from collections.abc import Iterable

from pitchpipe.records.conversation import Json, Message
from pitchpipe_stages.console import RichConsole, escape, shortened
from pitchpipe_stages.generate.making.line import MadeLine
from pitchpipe_stages.generate.making.provenance import Provenance, WayStep
from pitchpipe_stages.generate.requests.budget import Charge
from pitchpipe_stages.generate.requests.reading import RecordedAsk
from pitchpipe_stages.generate.requests.spending import in_a_budget
from pitchpipe_tools.message_lines import lines_of

WIDE, HEAD, KEY = 160, 60, 12  # characters of a text, of the beginning of a question, of a key


def show_way(provenance: Provenance, line: MadeLine, console: RichConsole) -> None:
    """The steps to a conversation, the seed first, and what all of them cost."""
    way = provenance.way(line)
    asked = {exchange.key: exchange for step in way for exchange in step.exchanges}
    cost = sum((exchange.cost for exchange in asked.values()), Charge())
    questions = f"{len(asked)} question{'s' * (len(asked) != 1)}"
    console.say(f"  made by {questions}, which took {in_a_budget(cost)}")
    for number, step in enumerate(way, 1):
        _show_step(number, step, console, last=step is way[-1])
    console.say()


def show_exchange(provenance: Provenance, exchange: RecordedAsk, console: RichConsole) -> None:
    """A question and its reply as they are, and what came of them."""
    request = exchange.request
    shown = ("messages", "raw", "schema", "api")
    how = [f"{name} {value}" for name, value in request.items() if name not in shown]
    console.plain(f"question {exchange.key}, asked of {exchange.teacher}")
    console.plain(f"  {', '.join(how)}; {in_a_budget(exchange.cost)}")
    for message in request.get("messages", ()):
        console.plain(f"  {message['role']}: {message['content']}")
    if text := request.get("raw"):
        console.plain(f"  goes on: {text!r}")
    console.plain(f"  {_reply(exchange)}")
    for line in provenance.made_by(exchange.key):
        console.plain(f"  led to {line.id}: {shortened(_first(line), WIDE)}")
    console.say()


def show_words(messages: Iterable[Message], console: RichConsole, indent: str) -> None:
    for message in messages:
        for what, words in lines_of(message):
            console.plain(f"{indent}{what}: {shortened(words, WIDE)}")


def _show_step(number: int, step: WayStep, console: RichConsole, last: bool) -> None:
    made = step.line.made
    how = "seed"
    if made:
        parts = [made.generator, made.operator, f"round {made.round}" if made.round else ""]
        how = f"{', '.join(filter(None, parts))}; teacher {made.teacher}, {made.asked_model}"
        other = made.answered_model
        how += f", answered by {other}" if other not in ("", made.asked_model) else ""
    console.say(f"  [bold]{number}  {escape(how)}[/]  [dim]id {escape(step.line.id)}[/]")
    for one in step.shown:
        console.plain(f"       shown: {shortened(_first(one), WIDE)}")
    for exchange in step.exchanges:
        console.plain(f"       question {exchange.key[:KEY]}: {_ends(_asked(exchange.request))}")
        console.plain(f"       {shortened(_reply(exchange), WIDE)}")
    if not last:
        show_words(step.line.messages, console, "       gave " if made else "       ")


def _asked(request: Json) -> str:
    """The last words of a request: messages, or a text to go on with."""
    messages = request.get("messages") or [{"content": request.get("raw", "")}]
    return str(messages[-1].get("content", ""))


def _reply(exchange: RecordedAsk) -> str:
    if exchange.reply is None:
        return f"no reply: {exchange.problem or 'it was never answered'}"
    end = exchange.reply.end
    told = "" if end == "stop" else f" ({end}{exchange.reply.problem and f': {exchange.reply.problem}'})"
    return f"reply{told}: {exchange.reply.text}"


def _ends(text: str) -> str:
    """The beginning and the end of a question: what it is about stands at the end."""
    words = " ".join(text.split())
    return words if len(words) <= WIDE else f"{words[:HEAD]} ... {words[HEAD - WIDE :]}"


def _first(line: MadeLine) -> str:
    return next((message.content for message in line.messages if message.role == "user"), "")
