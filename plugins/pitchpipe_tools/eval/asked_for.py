"""What a person asks of `eval`: which evaluators, on which data, and how much of it."""

from dataclasses import dataclass
from pathlib import Path

import click

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.host.host import Host
from pitchpipe.host.plugin import Component
from pitchpipe.records.conversation import Json

ON_DATA = ("perplexity", "overlap", "repetition")  # where nobody names evaluators
BY_THEMSELVES = ("instructions", "safety")


@dataclass(frozen=True)
class AskedFor:
    """The options of `eval`."""

    evaluators: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    limit: int | None = None
    template: str = ""
    base: str = ""

    def entries(self, own: list[Json | str], has_data: bool) -> list[Json | str]:
        """The evaluators: those that are named, else `own` ones, else the usual ones."""
        usual = [*(ON_DATA if has_data else ()), *BY_THEMSELVES]
        return list(self.evaluators) or own or list(usual)

    def loaders(self) -> list[Json]:
        """Each file, or data set of the hub, as questions that are held out."""
        return [self._loader(said) for said in self.data]

    def _loader(self, said: str) -> Json:
        less = {"first": self.limit} if self.limit else {}
        path = Path(said).expanduser()
        if path.exists() or any(sign in said for sign in "*?["):
            return {"files": {"path": str(path.absolute()), "side": "test", **less}}
        if said.count("/") == 1 and not path.suffix and not said.startswith((".", "~", "/")):
            return {"huggingface": {"name": said, "side": "test", **less}}
        near = [str(file) for file in path.parent.glob("*")] if path.parent.is_dir() else []
        raise PitchpipeError(f"--data {said}: there is no such file.{suggest(str(path), near)}")

    def limited(self, host: Host, entries: list[Json | str]) -> list[Json | str]:
        """The evaluators, told to ask no more than the limit, where they have an option that says so."""
        if self.limit is None:
            return entries
        whole = [named(entry) for entry in entries if "limit" not in component_of(host, entry).options]
        if whole and not self.data:
            click.echo(f"--limit: {', '.join(whole)} has no such option, and reads all there is", err=True)
        return [_with_limit(host, entry, self.limit) for entry in entries]


def named(entry: Json | str) -> str:
    """The evaluator that an entry of a recipe names."""
    return str(next(iter(entry), "")) if isinstance(entry, dict) else str(entry)


def component_of(host: Host, entry: Json | str) -> Component:
    try:
        return host.find("evaluator", named(entry))
    except ValueError as error:
        raise PitchpipeError(f"--evaluators: {error}") from None


def without_data(host: Host, entries: list[Json | str]) -> bool:
    """Whether all evaluators bring their own questions."""
    return all(getattr(component_of(host, entry).call, "own_items", False) for entry in entries)


def _with_limit(host: Host, entry: Json | str, limit: int) -> Json | str:
    if "limit" not in component_of(host, entry).options:
        return entry
    options = entry[named(entry)] if isinstance(entry, dict) else None
    return {named(entry): {**(options or {}), "limit": limit}}
