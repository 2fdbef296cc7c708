"""The commands that a newcomer can try after a run."""

import sys
from shutil import which

from pitchpipe.run.directory import Run
from pitchpipe_stages.console import escape
from pitchpipe_stages.data.sections import LOADERS
from pitchpipe_stages.train.sections import TRAINER
from pitchpipe_tools.runs.origin import origin
from pitchpipe_tools.tuned_model import show_tuned


def show_next_steps(run: Run, recipe: str, tiny: bool = False) -> None:
    """Shows the tuned model, and each next command with its purpose. After a trial that is the recipe."""
    if tiny:
        show_report(run)
        run.console.say(f"All of it works here. The recipe itself:  [bold]{_program()} run {recipe}[/]")
        return
    show_tuned(run)
    if earlier := origin(run.path):
        run.console.say(f"[dim]It began with the model of {escape(earlier)}[/]")
    show_report(run)
    run.console.say("What to try next:")
    for command, purpose in _next_steps(run, recipe):
        run.console.say(f"  [bold]{_program()} {command}[/]\n      [dim]{purpose}[/]")


def show_report(run: Run) -> None:
    if (file := run.path / "report.html").exists():
        run.console.say(f"The report, for your browser: [bold]{escape(file)}[/]")


def _next_steps(run: Run, recipe: str) -> list[tuple[str, str]]:
    peek = (f"peek {recipe}", "one conversation at every hop, learned text marked")
    steps = [peek] if LOADERS in run.recipe else []
    trainer = run.recipe[TRAINER]
    if trainer and not getattr(trainer.bound, "scores", False) and (run.path / "model").is_dir():
        talk = (f"chat {run.path}", "talk to the tuned model; /base asks its base the same")
        serve = (f"serve {run.path}", "the tuned model behind the API of OpenAI, with a page to try it")
        steps = [talk, serve, *steps]
    if trainer and all(_holds(run, f"answers-{model}.jsonl") for model in ("base", "tuned")):
        steps.append(
            (f"compare {run.path}", "choose blindly between replies of the base and the tuned model")
        )
    if _holds(run, "ledger.jsonl"):
        steps.append((f"why {run.path} LINE", "one row's fate, and the threshold that decided"))
    if trainer and "epochs" in trainer.component.options:
        change = f"--set trainer.{trainer.name}.epochs=1 --name try"
        steps.append(
            (
                f"run {recipe} {change}",
                f"change one thing, keep both results: pitchpipe diff {run.path.name} try",
            )
        )
    steps.append(("new filter my_filter", "write a plugin of your own"))
    return steps


def _holds(run: Run, name: str) -> bool:
    file = run.path / name
    return file.exists() and file.stat().st_size > 0


def _program() -> str:
    """The program as the user called it, so that the user can paste the commands."""
    program = sys.argv[0]
    if program.endswith("__main__.py"):
        return "python -m pitchpipe"
    return "pitchpipe" if program == which("pitchpipe") else program
