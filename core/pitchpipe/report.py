"""What a run tells its user: what became of the rows, the scores, what to try next."""

import os
from pathlib import Path
from typing import Any

from pitchpipe.console import Console, escape
from pitchpipe.stages import Run


def rows(prepared: dict[str, Any], console: Console) -> None:
    """What became of each source's rows, why, and what is left to learn from."""
    sources = prepared["rows"]
    counts = ("read", "kept", "dropped", "quarantined", "changed")
    console.table(
        "Rows", ["source", *counts], [[name, *(c[key] for key in counts)] for name, c in sources.items()]
    )
    why = [[name, w["stage"], w["reason"], w["rows"]] for name, c in sources.items() for w in c["why"]]
    if why:
        console.table("Why", ["source", "stage", "reason", "rows"], why, left=3)
    splits = [
        [name, *(f"{n:,}" for n in s.values())]
        for name, s in prepared["splits"].items()
        if s["conversations"]
    ]
    console.table("Prepared", ["split", "conversations", "tokens", "learned tokens"], splits)


def trained(result: dict[str, Any], console: Console) -> None:
    """What the trainer has to say of its work."""
    said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in result.items())
    if said:
        console.say(f"[bold]Trained[/]  {escape(said)}\n")


def scores(run: Run, console: Console) -> None:
    """The base model beside the tuned one."""
    stages = run.record["stages"]
    columns = {
        who: stages[f"evaluate {who}"]["result"] for who in ("base", "tuned") if f"evaluate {who}" in stages
    }
    if not columns or not run.recipe.evaluators:
        return
    names = list(next(iter(columns.values())))
    lines = [
        [name.replace("_", " "), *(_score(column[name]) for column in columns.values())] for name in names
    ]
    cases = " and ".join(
        f"{s['count']:,}" for s in {s["count"]: s for s in next(iter(columns.values())).values()}.values()
    )
    console.table("Scores on held-out conversations (95 % interval)", ["", *columns], lines)
    console.say(f"[dim]counted over {cases} cases; all of it in {run.path / 'scores.json'}[/]")


def _score(score: dict[str, Any]) -> str:
    def number(value: float) -> str:
        return f"{100 * value:.1f} %" if score["is_share"] else f"{value:.3f}"

    if score["low"] is None:
        return number(score["value"])
    return f"{number(score['value'])}  ({number(score['low'])} to {number(score['high'])})"


def next_steps(run: Run, console: Console, recipe: str, program: Path) -> None:
    """Where things are, and what a newcomer can try."""
    call = os.path.relpath(program) if program.is_absolute() and program.parent.name == "bin" else "pitchpipe"
    call = (
        "pitchpipe"
        if any(Path(f) / "pitchpipe" == program for f in os.environ.get("PATH", "").split(":"))
        else call
    )
    steps = [(f"{call} peek {recipe}", "one conversation at every hop, learned text marked")]
    if (run.path / "ledger.jsonl").stat().st_size:
        steps.append(
            (f"head {run.path / 'ledger.jsonl'}", "why rows were dropped, each with its file and line")
        )
    if (run.path / "answers-tuned.jsonl").exists():
        steps.append(
            (f"head {run.path / 'answers-tuned.jsonl'}", "what the tuned model said to each held-out prompt")
        )
    if run.recipe.trainer:
        again = f"trainer.{run.recipe.trainer.name}.epochs=1"
        steps.append((f"{call} run {recipe} --set {again} --name try", "change one thing, keep both results"))
    steps.append((f"{call} new filter my_filter", "write a plugin of your own"))
    width = max(len(command) for command, _ in steps)
    if (run.path / "model").exists():
        console.say(f"\nThe tuned model, ready to load or serve: [bold]{run.path / 'model'}[/]")
    console.say("What to try next:")
    for command, what in steps:
        console.say(f"  [bold]{command:{width}}[/]  [dim]{what}[/]")
