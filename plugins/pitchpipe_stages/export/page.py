"""The card of a merged model: what it was made from, and how that was proven."""

from pathlib import Path

from pitchpipe.records.conversation import Json
from pitchpipe_stages.merge.merger import MergeProof

PAGE = """\
---
library_name: transformers
pipeline_tag: text-generation
{data}---

# {name}

An adapter, merged into {base}{revision}: a whole model in {dtype}, which needs nothing beside its folder.
{adapters}
{proof}

The prompts and all numbers are in `merge.json`.
"""


def write_page(folder: Path, home: Path, proof: MergeProof, said: Json) -> None:
    """Write README.md. A base that is a folder of this machine is not named as one of the hub."""
    base, local = said["base"], Path(said["base"]).exists()
    mixed = zip(said.get("adapters", ()), said.get("weights", ()), strict=True)
    adapters = "".join(f"- {weight:g} of {Path(adapter).parent.name}\n" for adapter, weight in mixed)
    proof_lines = str(proof).splitlines()
    page = PAGE.format(
        data="" if local else f"base_model: {base}\nbase_model_relation: merge\n",
        name=home.parent.name if home.name == "merged" else home.name,
        base=f"`{Path(base).name if local else base}`",
        revision=f" at `{said['revision']}`" if said["revision"] else "",
        dtype=proof.dtype,
        adapters=f"\n{adapters}" if adapters else "",
        proof="\n".join([proof_lines[0] + "\n", *(f"- {line.strip()}" for line in proof_lines[1:])]),
    )
    (folder / "README.md").write_text(page, "utf-8")
