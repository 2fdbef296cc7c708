"""The summary of prepared data: what became of the rows, and what there is to learn from."""

import msgspec

from pitchpipe.host.contracts import Console
from pitchpipe_stages.console import escape
from pitchpipe_stages.prepare.mix import too_often
from pitchpipe_stages.prepare.result import MixLine, Prepared, TokenizerFacts
from pitchpipe_stages.prepare.warnings import within_train

ALWAYS = ("read", "kept", "dropped", "quarantined", "changed")
SELDOM = ("tagged", "passed_over", "joined", "more")


def show_rows(prepared: Prepared, console: Console) -> None:
    """Show what became of each source's rows, and why."""
    sources = prepared.rows
    counts = [*ALWAYS, *(name for name in SELDOM if any(getattr(c, name) for c in sources.values()))]
    head = ["source", *(name.replace("_", " ") for name in counts)]
    rows = [[name, *(f"{getattr(c, key):,}" for key in counts)] for name, c in sources.items()]
    if rows:
        console.table("Rows", head, rows)
    for name, format in prepared.formats.items():
        console.say(f"[dim]{escape(name)} is read as {escape(format)}[/]")
    _tokenizer(prepared.tokenizer, console)
    _replies(prepared, console)
    why = [[name, w.fate, w.stage, w.reason, f"{w.rows:,}"] for name, c in sources.items() for w in c.why]
    if why:
        console.table("Why", ["source", "fate", "stage", "reason", "rows"], why, left=4)
    _mixed(prepared.mix, console)
    splits = {name: s for name, s in prepared.splits.items() if s.conversations}
    rendered = any(s.tokens for s in splits.values())
    head = ["split", "examples" if prepared.several.conversations else "conversations"]
    head += ["tokens", "learned tokens", "replies", "their ends"] if rendered else []
    lines = [
        [name, *(f"{n:,}" for n in msgspec.structs.astuple(s))][: len(head)] for name, s in splits.items()
    ]
    if lines:
        console.table("Prepared", head, lines)
    _sides(prepared, console)
    if prepared.repeats.train:
        console.say(f"[dim]{within_train(prepared.repeats)}[/]")
    for warning in prepared.warnings:
        console.say(f"[bold yellow]warning:[/] {escape(warning)}")


def _sides(prepared: Prepared, console: Console) -> None:
    """Say what the numbers count, where a trainer learns no plain replies."""
    splits = {name: side for name, side in prepared.splits.items() if side.conversations}
    if prepared.learns == "pairs":
        console.say("[dim]pairs: tokens, replies and ends are those of both sides[/]")
    elif prepared.learns == "judged":
        told = (f"{side.conversations - side.rejected:,} and {side.rejected:,}" for side in splits.values())
        named = ", ".join(f"{name} {count}" for name, count in zip(splits, told, strict=True))
        console.say(f"[dim]good and bad replies: {named}[/]")
    elif prepared.learns == "prompts":
        console.say(
            "[dim]prompts alone: a reply that the data holds is what is expected, and is not shown[/]"
        )


def _replies(prepared: Prepared, console: Console) -> None:
    """Show how replies are asked for, and those that are not learned."""
    several, missed = prepared.several, prepared.missed_replies
    if several.conversations:
        console.say(
            f"{several.conversations:,} conversations became {several.examples:,} examples: the chat template"
            " writes a reply otherwise once it is history, so each is learned in its own prompt"
        )
    if any(known != "{}" for known in prepared.variables):
        told = ", ".join(f"{escape(known)} for {n:,} replies" for known, n in prepared.variables.items())
        saved = escape(msgspec.json.encode(prepared.defaults()).decode())
        console.say(f"the chat template is told {told}; the saved one has {saved} as its default")
    if missed:
        every = missed + prepared.replies
        console.say(f"[yellow]warning:[/] {missed:,} of {every:,} replies are not learned; see Why")
    if prepared.stops < prepared.replies:
        console.say(
            f"[yellow]warning:[/] the ends of {prepared.replies - prepared.stops:,} of {prepared.replies:,}"
            " replies are not learned"
        )


def _tokenizer(facts: TokenizerFacts, console: Console) -> None:
    """Show who encoded, and the tokens that were added."""
    if facts.encoded_by:
        console.say(f"[dim]encoded by {escape(facts.encoded_by)}[/]")
    for note in facts.notes:
        console.say(f"[yellow]note:[/] {escape(note)}")
    if facts.added:
        console.say(
            f"[yellow]added to the tokenizer, which had no such tokens:[/] {escape(', '.join(facts.added))}\n"
            "  Each gets a row among the embeddings, the mean of all others, and training has to teach its"
            " meaning. A template that fits the model needs none."
        )


def _mixed(mix: list[MixLine], console: Console) -> None:
    """Show the mix as it came out, where it is not simply everything once."""
    if all(line.epochs == 1 for line in mix):
        return
    lines = [
        [m.source, f"{m.available:,}", f"{m.conversations:,}", f"{m.tokens:,}", f"{m.share:.1%}", m.epochs]
        for m in mix
    ]
    console.table("Mix", ["source", "there are", "trained on", "tokens", "share", "epochs"], lines)
    for warning in too_often(mix):
        console.say(f"[yellow]warning:[/] {escape(warning)}")
