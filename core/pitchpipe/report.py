"""What a run tells its user: what became of the rows, the scores, what to try next."""

import sys
from itertools import islice
from shutil import which
from typing import Any

import msgspec

from pitchpipe.console import Console, escape, shortened
from pitchpipe.mix import often
from pitchpipe.stages import Run


def rows(prepared: dict[str, Any], console: Console) -> None:
    """What became of each source's rows, why, and what is left to learn from."""
    sources = prepared["rows"]
    always = ("read", "kept", "dropped", "quarantined", "changed")
    seldom = ("tagged", "passed_over", "joined", "more")
    counts = [*always, *(name for name in seldom if any(c[name] for c in sources.values()))]
    head = ["source", *(name.replace("_", " ") for name in counts)]
    console.table("Rows", head, [[name, *(f"{c[key]:,}" for key in counts)] for name, c in sources.items()])
    for name, format in prepared["formats"].items():
        console.say(f"[dim]{escape(name)} is read as {escape(format)}[/]")
    _tokenizer(prepared["tokenizer"], console)
    why = [
        [name, w["fate"], w["stage"], w["reason"], f"{w['rows']:,}"]
        for name, c in sources.items()
        for w in c["why"]
    ]
    if why:
        console.table("Why", ["source", "fate", "stage", "reason", "rows"], why, left=4)
    _mixed(prepared["mix"], console)
    splits = {name: s for name, s in prepared["splits"].items() if s["conversations"]}
    rendered = any(s["tokens"] for s in splits.values())
    head = ["split", "conversations", *(["tokens", "learned tokens"] if rendered else [])]
    lines = [[name, *(f"{n:,}" for n in s.values())][: len(head)] for name, s in splits.items()]
    console.table("Prepared", head, lines)


def cost(told: dict[str, Any], console: Console) -> None:
    """What training on the data will take."""
    if not told:
        return
    lines = [
        ["conversations", f"{told['conversations']:,}"],
        ["tokens", f"{told['tokens']:,}, of which {told['learned']:.1%} are learned"],
        ["lost for length", f"{told['lost']:.1%} of all tokens"],
    ]
    if "steps" in told:
        full = "" if told["full"] is None else f" in {told['rows']:,} rows that are {told['full']:.1%} full"
        lines += [
            ["padding, shuffled", f"{told['shuffled_padding']:.1%} with one conversation a row"],
            [f"padding, {told['collator']}", f"{told['padding']:.1%}{full}"],
            ["steps", f"{told['steps']:,} an epoch, {told['total_steps']:,} in all"],
        ]
    console.table("", ["an epoch", ""], lines, left=2)


def _tokenizer(told: dict[str, Any], console: Console) -> None:
    """Who encoded, and what the tokenizer had to learn first."""
    if told:
        console.say(f"[dim]encoded by {escape(told['encoded by'])}[/]")
    if added := told.get("added"):
        console.say(
            f"[yellow]added to the tokenizer, which had no such tokens:[/] {escape(', '.join(added))}\n"
            "  Each gets a row among the embeddings, the mean of all others, and training has to teach its"
            " meaning. A template that fits the model needs none."
        )


def _mixed(mix: list[Any], console: Console) -> None:
    """The mix as it came out, where it is not simply everything once."""
    if all(line["epochs"] == 1 for line in mix):
        return
    lines = [
        [
            m["source"],
            f"{m['available']:,}",
            f"{m['conversations']:,}",
            f"{m['tokens']:,}",
            f"{m['share']:.1%}",
            m["epochs"],
        ]
        for m in mix
    ]
    console.table("Mix", ["source", "there are", "trained on", "tokens", "share", "epochs"], lines)
    for word in often(mix):
        console.say(f"[yellow]warning:[/] {escape(word)}")


def trained(result: dict[str, Any], console: Console) -> None:
    """What the trainer has to say of its work."""
    said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in result.items())
    if said:
        console.say(f"[bold]Trained[/]  {escape(said)}\n")


def scores(run: Run, columns: dict[str, dict[str, Any]], console: Console) -> None:
    """The base model beside the tuned one."""
    names = list(next(iter(columns.values())))
    lines = [
        [name.replace("_", " "), *(_score(column[name]) for column in columns.values())] for name in names
    ]
    console.table("Scores on held-out conversations (95 % interval)", ["", *columns], lines)
    for use in run.recipe.evaluators:
        console.say(f"[dim]{escape(use.label)}: {escape(use.component.summary)}[/]")
    if len(columns) > 1:
        _examples(run, list(columns), console)


def _score(score: dict[str, Any]) -> str:
    def number(value: float) -> str:
        if score["is_share"]:
            return f"{100 * value:.1f}"
        return f"{value:,.0f}" if value >= 100 else f"{value:.3f}"

    if score["value"] is None or score["value"] != score["value"]:
        return "not a number"
    unit = " %" if score["is_share"] else ""
    around = "" if score["low"] is None else f"  ({number(score['low'])} to {number(score['high'])})"
    return f"{number(score['value'])}{unit}{around}"


def _examples(run: Run, who: list[str], console: Console, count: int = 3) -> None:
    """What both models said to the first held-out prompts."""
    files = [run.path / f"answers-{one}.jsonl" for one in who]
    if not all(file.exists() and file.stat().st_size for file in files):
        return
    pairs = zip(*(map(msgspec.json.decode, file.open("rb")) for file in files), strict=False)
    lines = [
        [shortened(b["prompt"], 36), shortened(b["said"], 36), shortened(t["said"], 36)]
        for b, t in islice(pairs, count)
    ]
    console.table("\nFor instance", ["asked", "base says", "tuned says"], lines, left=3)


def next_steps(run: Run, console: Console, recipe: str) -> None:
    """Where things are, and what a newcomer can try."""
    call = _program()
    steps = [(f"{call} peek {recipe}", "one conversation at every hop, learned text marked")]
    if (run.path / "ledger.jsonl").stat().st_size:
        steps.append((f"{call} report {run.path}", "what became of the rows, on one page"))
        steps.append((f"{call} why {run.path} LINE", "one row's fate, and the threshold that decided"))
    if run.recipe.trainer:
        again = f"--set trainer.{run.recipe.trainer.name}.epochs=1 --name try"
        steps.append((f"{call} run {recipe} {again}", "change one thing, keep both results"))
    steps.append((f"{call} new filter my_filter", "write a plugin of your own"))
    if run.recipe.trainer and (run.path / "model").exists():
        console.say(f"The tuned model, ready to load or serve: [bold]{run.path / 'model'}[/]")
    console.say("What to try next:")
    for command, what in steps:
        console.say(f"  [bold]{command}[/]\n      [dim]{what}[/]")


def _program() -> str:
    """pitchpipe as it was called, so that its lines can be pasted."""
    called = sys.argv[0]
    if called.endswith("__main__.py"):
        return "python -m pitchpipe"
    return "pitchpipe" if called == which("pitchpipe") else called
