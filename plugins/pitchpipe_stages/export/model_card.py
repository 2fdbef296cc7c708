"""The card of an exported model: README.md, with the header that the hub reads, written from the run."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe_stages.evaluate.words import readable, shown
from pitchpipe_stages.export.run_facts import RunFacts

BASES = {"adapter": "adapter", "model": "finetune"}
LOAD = '```python\nfrom transformers import pipeline\n\nchat = pipeline("text-generation", "{name}")\n```'
COUNTS = ("read", "kept", "dropped", "quarantined", "changed")


@dataclass(frozen=True)
class ModelCard:
    """What there is to say of an export. A model that is no run of ours has no `run`."""

    name: str
    base: str  # on the hub; empty: not there
    form: str  # what the exporter says of it
    takes: str
    library: str
    stops: Sequence[str]
    commands: Sequence[str]
    proof: Sequence[str]
    run: RunFacts | None
    help: str  # how its adapter is loaded, where that needs help

    def page(self) -> str:
        """The whole README."""
        parts = [self._header(), f"# {self.name}", self._about(), "## Use", *self._use()]
        parts += self._of_run(self.run) if self.run else []
        parts += ["## How it was proven", "\n".join(f"- {line}" for line in self.proof)]
        return "\n\n".join(parts) + "\n"

    def _header(self) -> str:
        """YAML. A value as JSON is YAML too, whatever it holds."""
        data = [source.origin for source in self.run.sources if source.on_hub] if self.run else []
        said: dict[str, Any] = {"library_name": self.library, "pipeline_tag": "text-generation"}
        if self.base:
            said |= {"base_model": self.base, "base_model_relation": BASES[self.takes]}
        said |= {"datasets": data} if data else {}
        said["tags"] = ["pitchpipe"]
        lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in said.items()]
        return "\n".join(["---", *lines, "---"])

    def _about(self) -> str:
        made = f"Tuned from `{self.base}`." if self.base else "Tuned from a model that is not on the hub."
        return f"{made} {self.form}" if self.run else self.form

    def _use(self) -> Iterable[str]:
        if self.help:
            yield self.help
        elif self.library == "transformers":
            yield LOAD.format(name=self.name)
        if self.commands:
            yield "```sh\n" + "\n".join(self.commands) + "\n```"
        stops = " and ".join(f"`{stop}`" for stop in self.stops)
        yield f"Replies end with {stops}; the files here say so to whoever loads them."

    def _of_run(self, run: RunFacts) -> Iterable[str]:
        yield from _scores(run)
        yield from _data(run)
        yield from ("## Training", _options(run))
        if report := run.result("train"):
            yield table(["", ""], [[name.replace("_", " "), value] for name, value in report.items()])
        yield from ("## Versions", table(["", ""], list(run.versions.items())))
        if run.git:
            yield f"The recipe's folder was at git commit `{run.git}`."
        recipe = msgspec.yaml.encode(run.recipe).decode()
        yield from ("## Recipe", f"```yaml\n{recipe}```")


def _scores(run: RunFacts) -> Iterable[str]:
    if not run.scores:
        return
    names = list(next(iter(run.scores.values())))
    lines = [[readable(n), *(shown(side[n]) for side in run.scores.values() if n in side)] for n in names]
    yield "## Scores"
    yield "On held-out conversations; in parentheses the interval in which a score lies with 95 % confidence."
    yield table(["", *run.scores], lines)


def _data(run: RunFacts) -> Iterable[str]:
    prepared = run.result("prepare")
    rows = prepared.get("rows", {})
    lines = [
        [s.label, f"`{s.origin}`", s.licence, *(f"{rows[s.label][c]:,}" for c in COUNTS)]
        for s in run.sources
        if s.label in rows
    ]
    reasons = [
        [name, why["stage"], why["fate"], why["reason"], f"{why['rows']:,}"]
        for name, counts in rows.items()
        for why in counts["why"]
    ]
    mixed = [
        [line["source"], f"{line['share']:.1%}", f"{line['epochs']:.2g}"] for line in prepared.get("mix", [])
    ]
    sides = [
        [name, f"{side['conversations']:,}", f"{side['tokens']:,}", f"{side['learned']:,}"]
        for name, side in prepared.get("splits", {}).items()
        if side["conversations"]
    ]
    yield from ("## Data", table(["source", "from", "licence", *COUNTS], lines))
    if reasons:
        yield from (
            "What became of rows that were not taken as they are:",
            table(["source", "step", "", "reason", "rows"], reasons),
        )
    if mixed:
        yield from ("The mix of an epoch:", table(["source", "share", "times its rows are seen"], mixed))
    yield table(["split", "conversations", "tokens", "learned tokens"], sides)
    yield from (f"- {warning}" for warning in prepared.get("warnings", []))


def _options(run: RunFacts) -> str:
    """The options of what trained, as the recipe says them."""
    parts = [(name, run.recipe.get(name)) for name in ("adapter", "trainer", "collator", "template")]
    return table(["", ""], [[name, json.dumps(said, ensure_ascii=False)] for name, said in parts if said])


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", r"\|")


def adapter_help(folder: Path) -> str:
    """How an adapter is loaded: what training wrote beside it, where loaders need help."""
    file = folder / "README.md"
    text = file.read_text("utf-8") if file.exists() and (folder / "adapter_config.json").exists() else ""
    return text.partition("# How to load this adapter")[2].strip()
