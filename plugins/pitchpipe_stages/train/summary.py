"""The summary of training: what it will take, and what the trainer reports."""

from pitchpipe.host.contracts import Console
from pitchpipe_stages.console import escape
from pitchpipe_stages.train.cost import Cost, Epoch


def show_cost(cost: Cost, console: Console) -> None:
    """Show what training on the data will take."""
    learned = f", of which {cost.learned:.1%} are learned" if cost.learned else ""  # of prompts, nothing is
    lines = [
        ["examples" if cost.repeated else "conversations", f"{cost.conversations:,}"],
        [
            "tokens",
            f"{cost.tokens:,}{learned}",
        ],
        ["lost for length", f"{cost.lost:.1%} of all tokens"],
    ]
    if cost.repeated:
        lines.append(["repeated context", f"{cost.repeated:.1%} of all tokens, in several examples"])
    if isinstance(cost.epoch, Epoch):
        epoch = cost.epoch
        full = "" if epoch.full is None else f" in {epoch.rows:,} rows that are {epoch.full:.1%} full"
        lines += [
            ["padding, shuffled", f"{epoch.shuffled_padding:.1%} with one conversation a row"],
            [f"padding, {cost.collator}", f"{epoch.padding:.1%}{full}"],
            ["steps", f"{epoch.steps:,} an epoch, {epoch.total_steps:,} in all"],
        ]
    console.table("", ["an epoch", ""], lines, left=2)


def show_trained(result: dict[str, int | float | str], console: Console) -> None:
    """Show what the trainer reports of its work."""
    words = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in result.items())
    if words:
        console.say(f"[bold]Trained[/]  {escape(words)}\n")
