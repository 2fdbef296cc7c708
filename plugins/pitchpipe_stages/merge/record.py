"""Writes beside a merged model how it was proven: `merge.json`."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from pitchpipe.host.contracts import Prompt
from pitchpipe.records.conversation import Json
from pitchpipe.run.atomic import write_json
from pitchpipe_stages.merge.merger import MergeProof

FILE = "merge.json"


def write_record(folder: Path, proof: MergeProof, prompts: Sequence[Prompt], **more: object) -> None:
    """The numbers of a proof, the prompts that were asked, and whatever else there is to say."""
    known: Json = {"proof": msgspec.to_builtins(proof), "prompts": [prompt.words for prompt in prompts]}
    write_json(folder / FILE, {**more, **known})
