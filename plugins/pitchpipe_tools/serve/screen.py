"""What a person sees when a server begins: what is served and how, who may ask, and how to ask it."""

import json
import shlex

from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.console import RichConsole, escape
from pitchpipe_stages.serve.access import is_loopback
from pitchpipe_stages.serve.embedded import EmbeddedModel
from pitchpipe_stages.serve.sections import GUARDS, MIDDLEWARES, ROUTER, SERVE, UPSTREAMS
from pitchpipe_stages.serve.service import ServingService
from pitchpipe_tools.asked_model import described

ENDS = 4  # that are named


def show_start(recipe: Recipe, service: ServingService, url: str, console: RichConsole) -> None:
    """The screen, when the server is about to listen."""
    for name, model in service.embedded.items():
        _line(console, name, _model(name, model, service))
    for use in recipe[UPSTREAMS]:
        if use.label not in service.embedded:
            _line(console, use.label, f"{use.name}: {use.options.get('url', 'another server')}")
    if router := recipe[ROUTER]:
        _line(console, service.routed, f"whom the router chooses: {router.name}")
    _line(console, "at once", _at_once(service))
    around = [f"{use.component.kind} {use.label}" for use in (*recipe[GUARDS], *recipe[MIDDLEWARES])]
    _line(console, "around", ", ".join(around) or "no guards, no cache, no journal: a recipe has them")
    _line(console, "for", _for_whom(recipe))
    console.say(f"\n[bold]{url}/v1[/]   [dim]also {url}/docs /dashboard /metrics; Ctrl-C ends[/]")
    console.plain(_curl(recipe, service.names[0], url) + "\n")


def _line(console: RichConsole, head: str, words: str) -> None:
    console.say(f"[bold]{escape(head)}:[/] {escape(words)}")


def _model(name: str, model: EmbeddedModel, service: ServingService) -> str:
    one = model.opened
    ends = one.tokenizer.convert_ids_to_tokens(one.ends.every)
    more = f" and {len(ends) - ENDS} more" * (len(ends) > ENDS)
    read = f"{one.context:,} tokens" if one.context else "as much as there is memory for"
    place = str(service.places[name]) if name in service.places else "the base"
    return (
        f"{described(one, place, one.without_adapter)}; template {one.template}, ends"
        f" {' '.join(ends[:ENDS])}{more}; reads {read}"
    )


def _at_once(service: ServingService) -> str:
    """How many answers are written, and how, by each engine."""
    ways = dict.fromkeys(engine.how for engine in service.engines)
    entrance = service.admission
    told = "; ".join(ways) or f"{entrance.rows} answers, by others"
    return f"{told}; {entrance.queue} more may wait"


def _for_whom(recipe: Recipe) -> str:
    told = recipe[SERVE]
    alone = is_loopback(told.host)
    who = "this machine alone" if alone else f"all who can reach {told.host}"
    who = f"{who}, and by a proxy {', '.join(told.domains)}" if told.domains else who
    keys = f"with a key of {told.key}" if told.key else "without a key"
    warning = "" if alone else "; not encrypted (http): let a proxy with TLS stand before it"
    return f"{who}, {keys}{warning}"


def _curl(recipe: Recipe, model: str, url: str) -> str:
    key = recipe[SERVE].key
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Hello"}]})
    header = f' -H "Authorization: Bearer ${{{key}%%,*}}"' if key else ""
    return f"curl {url}/v1/chat/completions{header} -d {shlex.quote(body)}"
