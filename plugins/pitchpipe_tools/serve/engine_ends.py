"""Whether an engine would end replies where training did: it reads generation_config.json, and nothing else.

vLLM's --override-generation-config does not reach the tokens that end a reply (vllm-project/vllm#45591), so a
folder that lacks one is no folder to serve.
"""

from pathlib import Path

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.records.conversation import Json
from pitchpipe_stages.generate.adapter_folder import AdapterFolder
from pitchpipe_stages.generate.opened import recipe_at
from pitchpipe_stages.render.rendering import Rendering

FILE = "generation_config.json"


def must_end(folder: Path, place: str, template: str = "") -> None:
    """Refuses a folder in which an end of the template is none for engines."""
    ends, known = _ends_of(place, template), _known_in(folder) or _known_of_base(folder)
    if missing := {token: id for token, id in ends.items() if id not in known}:
        named = ", ".join(f"{token} ({id})" for token, id in missing.items())
        raise PitchpipeError(
            f"{folder / FILE} does not name {named}, by which replies end: an engine would write on. Add it"
            f" to eos_token_id there: {sorted({*known, *ends.values()})}"
        )


def _ends_of(place: str, template: str) -> dict[str, int]:
    """The ends of the template by which a place was trained, or is asked."""
    adapter = AdapterFolder.at(Path(place))
    renderer = Rendering(recipe_at(place, template), adapter.tokenizer if adapter else None).renderer
    return {token: renderer.control[token] for token in renderer.stops}


def _known_in(folder: Path) -> set[int]:
    """Where engines end a reply; without a generation config that is what the model's config says."""
    for file in (folder / FILE, folder / "config.json"):
        if file.exists():
            said = msgspec.json.decode(file.read_bytes(), type=Json).get("eos_token_id")
            return {said} if isinstance(said, int) else set(said or ())
    return set()


def _known_of_base(folder: Path) -> set[int]:
    """Where the base of an adapter ends that says nothing of its own."""
    found = AdapterFolder.at(folder)
    if found is None:
        return set()
    if "folder" in found.base:
        return _known_in(Path(found.base["folder"]))
    from transformers import GenerationConfig

    try:
        config = GenerationConfig.from_pretrained(
            found.base["name"], revision=found.base.get("revision") or "main"
        )
    except OSError:  # it is not on this machine, and neither is the hub
        return set()
    ends = config.eos_token_id
    return {ends} if isinstance(ends, int) else set(ends or ())
