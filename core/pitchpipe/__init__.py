"""pitchpipe: instruction tuning from YAML recipes, built of plugins. Everything that a plugin may import."""

from importlib import import_module

__version__ = "0.1.0"

# Where each name is at home. A name is imported when it is first used: `pitchpipe --help` needs few of them.
_HOMES = {
    "records.conversation": "Conversation MarkedWords Message Row Source replace",
    "records.verdict": "Drop Scored Verdict drop judged noted",
    "records.template": "JinjaTemplate Piece ToolCalls Turns chat_template jinja_text turns",
    "records.example": "Example Examples IGNORED",
    "records.related": "Block Related Sketches",
    "host.contracts": "Answer Ask Batches Console DataPlan Export Models Prompt Reply Sampling Tracked"
    " Training Usage",
    "host.making": "Asking Made Pool Unanswered fill made",
    "host.scoring": "Item Measured Score Subject",
    "host.protocols": "Adapter Collator Comparer Embedder Evaluator Exporter Filter Format Generator"
    " Loader Model Packing Part Record Reward Teacher Template Tracker Trainer",
    "host.serving": "Answering Declined Feedback Guard Likely Middleware Panel Refusal Request Router Said"
    " Service Upstream Wish refuse",
    "host.options": "Meta TooLong",
    "host.plugin": "profile",
    "host.hookspecs": "Register hookimpl",
    "recipe.recipe": "Recipe Use",
    "recipe.section": "Section",
    "run.directory": "Run",
    "run.keys": "parts_of",
    "run.stage": "Stage",
    "errors": "AskAgain PitchpipeError Quarantine suggest",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'pitchpipe' has no attribute '{name}'")
    globals()[name] = value = getattr(import_module(f"pitchpipe.{_HOME_OF[name]}"), name)
    return value
