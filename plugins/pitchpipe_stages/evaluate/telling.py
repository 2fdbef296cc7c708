"""What a run says of groups and of contaminated items, a line for each: what got worse comes first."""

from collections.abc import Iterator

from pitchpipe_stages.console import escape
from pitchpipe_stages.evaluate.evaluated import FOUND, BothModels, Evaluated
from pitchpipe_stages.evaluate.words import gained, interval, plain, readable

MOST = 8  # groups that got worse and are shown
NAMED = 3  # groups that got better and are named, of each score


def group_lines(found: Evaluated) -> Iterator[str]:
    """Groups of items in which the tuned model is worse, and better, than its base."""
    groups = list(dict.fromkeys(group for of_groups in found.groups.values() for group in of_groups))
    if not groups or not found.difference:
        return
    worse = found.upshot.worse_groups
    if not worse:
        yield f"[dim]In none of {len(groups):,} groups did any score get surely worse.[/]"
    for name, group in worse[:MOST]:
        yield f"  [bold red]worse[/] {escape(_in_group(group, name, found.groups[name][group]))}"
    if len(worse) > MOST:
        yield f"  [bold red]worse[/] {len(worse) - MOST:,} more: see groups in scores.json"
    for name in found.groups:
        if better := [group for of, group in found.upshot.better_groups if of == name]:
            more = f" and {len(better) - NAMED:,} more" if len(better) > NAMED else ""
            of_all = f"{len(better):,} of {len(found.groups[name]):,} groups"
            words = f"{readable(name)} in {of_all}: {', '.join(better[:NAMED])}{more}"
            yield f"  [bold green]better[/] {escape(words)}"


def _in_group(group: str, name: str, one: BothModels) -> str:
    base, tuned, difference = one.base, one.tuned, one.difference
    assert base and tuned and difference
    change = f"{gained(difference, tuned.is_share)} {interval(difference, tuned.is_share)}".strip()
    words = f"{group}: {readable(name)} {plain(base)} to {plain(tuned)}"
    return f"{words}, {change}, of {difference.count:,}"


def contaminated_lines(found: Evaluated) -> Iterator[str]:
    """The scores of what stands in the training data, beside those of all else."""
    some = [one.tuned.count for one in found.contaminated.values() if one.tuned]
    if not some:
        return
    rest = [one.tuned.count for one in found.clean.values() if one.tuned]
    yield (
        f"[yellow]contaminated:[/] {max(some):,} of {max(some) + max(rest, default=0):,} items stand in the"
        f" training data ({FOUND}). The tuned model with them, and without:"
    )
    for name, one in found.contaminated.items():
        clean = found.clean[name].tuned
        if one.tuned and clean:
            yield f"  {escape(readable(name))} {plain(one.tuned)}, {plain(clean) if clean.count else 'none'}"
