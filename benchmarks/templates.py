"""How much chat templates teach: python benchmarks/templates.py [FOLDER ...]

Every *.jinja of the folders (our own collection, and that of an installed TRL, if none is named) gets a small
tokenizer with its control tokens. Conversations of every shape are rendered with it, and each reply that is
learned is compared with what a server would send for it and what the template writes behind that, as plain
Transformers renders it. Prints a table in Markdown: conversations of which all is learned in one example, or
in several; those that the template itself refuses, or whose words it loses; those that are not learned
though the template could write them, and why; and those that are learned wrongly, which must be none.
"""

import argparse
import importlib.util
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.chat_templates import HERE, SHAPES, tokenizer_of, tokens  # noqa: E402
from tests.chat_templates.judge import Judged, Taught, judge, served, taught  # noqa: E402
from tests.chat_templates.oracle import Oracle, replies_of  # noqa: E402
from tests.chat_templates.talks import TALKS  # noqa: E402

import pitchpipe as pp  # noqa: E402
from pitchpipe_components.templates.own import OfTokenizer  # noqa: E402
from pitchpipe_stages.render.renderer import Renderer  # noqa: E402
from pitchpipe_stages.render.writer import writer_of  # noqa: E402

DAY = "26 Jul 2024"


@dataclass
class Score:
    """What became of the conversations with one template, and of the replies that it can write."""

    name: str
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    replies: int = 0  # that a server can ask for, with nothing lost
    learned: int = 0  # of these
    details: list[str] = field(default_factory=list)  # of what is wrong or not learned


# --- Templates and their tokenizers -------------------------------------------------------------


@dataclass
class Found:
    """A chat template with a tokenizer, and the tokens that may end a reply."""

    name: str
    tokenizer: Any
    ends: tuple[str, ...]


def templates_in(folder: Path, only: str) -> Iterator[Found]:
    if folder.resolve() == HERE:
        for name, shape in SHAPES.items():
            if only in name:
                yield Found(name, tokenizer_of(name), shape.ends)
        return
    for file in sorted(folder.glob("*.jinja")):
        if only in file.stem:
            source = file.read_text("utf-8")
            yield Found(f"{folder.parent.name}/{file.stem}", *fitted(source))


def folders() -> list[Path]:
    trl = importlib.util.find_spec("trl")
    return [HERE] + ([Path(trl.origin).parent / "chat_templates"] if trl and trl.origin else [])


def fitted(source: str) -> tuple[Any, tuple[str, ...]]:
    """A tokenizer for any chat template, and the tokens that may end a reply."""
    bare = tokens.tokenizer(source, tokens.control_in(source), bos="<s>")
    written = source + "".join(_renders(bare))
    made = tokens.tokenizer(source, tokens.control_in(written), tokens.plain_in(written), bos=_bos(source))
    return made, tokens.ends(made)


def _bos(source: str) -> str:
    known = (
        "<|begin_of_text|>",
        "<bos>",
        "<|startoftext|>",
        "<\uff5cbegin\u2581of\u2581sentence\uff5c>",
        "<|begin_of_sentence|>",
    )
    return next((name for name in known if name in source), "<s>")


def _renders(tokenizer: Any) -> list[str]:
    """What it writes of some conversations, as names of roles may be put together to tokens."""
    oracle = Oracle(tokenizer, ())
    found = []
    for name in ("system, two replies", "call", "call with system"):
        talk = TALKS[name]
        found += [
            one.prompt + (one.after or "") for at in replies_of(talk) for one in oracle.served(talk, at)
        ]
    return found


# --- Scores --------------------------------------------------------------------------------------


def score(template: Found) -> Score:
    """What is learned of each shape, judged by the chat template that is saved with the model."""
    found = Score(template.name)
    renderer, why = _renderer(template)
    oracle = Oracle(served(template.tokenizer, renderer), template.ends)
    for shape, talk in TALKS.items():
        _score_one(found, shape, talk, oracle, renderer, why)
    return found


def _renderer(template: Found) -> tuple[Renderer | None, str]:
    try:
        return Renderer(writer_of(OfTokenizer()), template.tokenizer), ""
    except pp.PitchpipeError as error:
        return None, str(error)


def _score_one(
    found: Score, shape: str, talk: pp.Conversation, oracle: Oracle, renderer: Renderer | None, why: str
) -> None:
    asked = {at: oracle.can_be_asked(talk, at) for at in replies_of(talk)}
    examples: list[Taught] = []
    judged = Judged()
    if renderer:
        try:
            examples = taught(renderer, talk)
            judged = judge(oracle, talk, examples)
        except pp.Quarantine as reason:
            why = str(reason)
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            judged.wrong.append(why)
    # Where words of a reply would be lost it is right to refuse the whole conversation.
    refusable = not examples and "lost" in asked.values()
    must = {at for at, answer in asked.items() if answer == "must" and not refusable}
    found.replies += len(must)
    found.learned += len(must & set(judged.learned))
    outcome = _outcome(must, judged, examples)
    found.outcomes[outcome] += 1
    if outcome == "wrong":
        found.details += [f"{shape}: wrong: {wrong}" for wrong in judged.wrong]
    if outcome in ("some", "ours"):
        why = why if not examples else "some replies are not learned"
        found.reasons[_short(why)] += 1
        found.details.append(f"{shape}: replies {sorted(must - set(judged.learned))}: {why}")


def _outcome(must: set[int], judged: Judged, examples: list[Taught]) -> str:
    if judged.wrong:
        return "wrong"
    if not examples:
        return "ours" if must else "theirs"
    if not must <= set(judged.learned):
        return "some"
    return "full" if len(examples) == 1 else "parts"


def _short(why: str) -> str:
    return re.sub(r"'[^']*'", "...", " ".join(why.split()))[:70].replace("|", "\\|")


# --- The table -----------------------------------------------------------------------------------

COLUMNS = {
    "full": "in full", "parts": "by parts", "theirs": "refused by right", "some": "some replies",
    "ours": "refused by us", "wrong": "wrong",
}  # fmt: skip


def table(scores: list[Score]) -> str:
    head = ["template", *COLUMNS.values(), "replies", "why not"]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 2) + "---|"]
    for one in scores:
        counts = [str(one.outcomes[key] or "") for key in COLUMNS]
        why = "; ".join(f"{reason} ({count})" for reason, count in one.reasons.most_common(3))
        lines.append("| " + " | ".join([one.name, *counts, f"{one.learned} of {one.replies}", why]) + " |")
    return "\n".join(lines)


def totals(scores: list[Score]) -> str:
    outcomes: Counter[str] = sum((one.outcomes for one in scores), Counter())
    replies, learned = sum(one.replies for one in scores), sum(one.learned for one in scores)
    accepted = outcomes.total() - outcomes["theirs"]
    whole = outcomes["full"] + outcomes["parts"]
    counts = ", ".join(f"{name} {outcomes[key]}" for key, name in COLUMNS.items())
    return (
        f"{len(scores)} templates, {len(TALKS)} conversations each: {counts}.\n"
        f"Of {accepted} conversations that templates accept {whole / max(accepted, 1):.1%} are learned whole;"
        f" of {replies} replies {learned / max(replies, 1):.1%} are learned."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="*", type=Path, help="folders with *.jinja")
    parser.add_argument("--only", default="", help="templates whose names hold this")
    parser.add_argument(
        "--details", action="store_true", help="tell what is wrong or not learned, one by one"
    )
    options = parser.parse_args()
    scores = []
    for folder in options.folder or folders():
        for template in templates_in(folder, options.only):
            scores.append(score(template))
            print(f"{len(scores)}: {template.name}", file=sys.stderr)
    print(table(scores))
    print()
    print(totals(scores))
    if options.details:
        for one in scores:
            for line in one.details:
                print(f"- {one.name}: {line}")


if __name__ == "__main__":
    main()
