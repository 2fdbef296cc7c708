"""Registers the commands that come with pitchpipe. Their modules are imported when a command is called."""

from typing import TYPE_CHECKING

import pitchpipe as pp
from pitchpipe_tools.recipe_file.synonyms import SYNONYMS

if TYPE_CHECKING:
    from pitchpipe.run.directory import Run

COMMANDS = {  # name: (module and function in this package, help)
    "run": ("run:run", "Run a recipe from data to scores; again, to continue or to redo what changed."),
    "check": ("check:check", "Say everything that is wrong with a recipe, in a moment and without a GPU."),
    "generate": (
        "generate.command:generate",
        "Make instruction data with other models: recorded, priced, never asked twice.",
    ),
    "prepare": ("run:prepare", "Do only the data part of a recipe, and show what became of each row."),
    "eval": (
        "eval.command:evaluate",
        "Score any model without training: of a run, a folder, the hub or a recipe.",
    ),
    "merge": (
        "merge:merge",
        "Merge a run's adapter into its base, and prove that the whole model says the same.",
    ),
    "sniff": (
        "sniff.command:sniff",
        "Look at a data file: its format, its mess, and the recipe lines to start from.",
    ),
    "chat": ("chat.command:chat", "Talk to a tuned model, and ask its base the same."),
    "ask": ("ask.command:ask", "Ask a model once, for scripts: the answer, and nothing else."),
    "serve": (
        "serve.command:serve",
        "Serve a tuned model with the API of OpenAI, with what production needs around it.",
    ),
    "runs": ("runs.command:runs", "List the runs with their scores and sizes, or remove old ones."),
    "why": (
        "why.command:why",
        "Explain what became of one row of a run, and which threshold decided.",
    ),
    "tune": (
        "tune.command:tune",
        "Show how many rows survive a filter at each threshold, without running anything again.",
    ),
    "compare": (
        "compare.command:compare",
        "Let people choose blindly between replies of two models, on a page of this machine.",
    ),
    "report": (
        "report.command:report",
        "Write the page about a run: whether tuning helped, how it went, and what it was made of.",
    ),
    "diff": (
        "diff.command:diff",
        "Compare two runs: recipe, data, training, scores on the same questions, and answers.",
    ),
    "peek": (
        "peek.command:peek",
        "Show a conversation at every hop, from row to tokens, with the learned text marked.",
    ),
    "export": (
        "export:export",
        "Write a tuned model for a server or a library: Hugging Face, GGUF, Ollama and more; proven.",
    ),
    "recipes": ("recipes:recipes", "List the recipes that ship with pitchpipe, or copy one."),
    "plugins": (
        "plugins:plugins",
        "List what is installed: each plugin, what it offers, and which failed to load.",
    ),
    "show": ("show:show", "Explain one component: what it does and its options."),
    "new": (
        "new.command:new",
        "Write a plugin package for a filter, a template or any other kind of component.",
    ),
    "schema": ("schema:schema", "Print the JSON Schema of recipes, for completion in an editor."),
    "doctor": (
        "doctor.command:doctor",
        "Look at this machine: versions, devices, what is missing and how to get it.",
    ),
}


@pp.hookimpl
def register_commands(register: pp.Register) -> None:
    for name, (target, help) in COMMANDS.items():
        register(name, help, f"pitchpipe_tools.{target}")


@pp.hookimpl
def register_synonyms(register: pp.Register) -> None:
    for means, names in SYNONYMS.items():
        register(means, *names.split())


@pp.hookimpl
def on_stage_end(run: "Run", stage: str) -> None:
    """A training that took hours has its report before an evaluation that takes hours."""
    if stage == "train" and run.recipe.data.get("evaluators"):
        from pitchpipe_tools.report.automatic import leave_report

        leave_report(run, scored=False)
