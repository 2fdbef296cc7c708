"""The upstream `model`: one more model in the server's own process, beside that of the section `serve`."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta


@dataclass(frozen=True)
class ModelInProcess:
    """A further model in this process, with an engine of its own: of a run, of a folder, or of the hub."""

    path: Annotated[str, Meta(description="a run, a folder, or a name on the hub")]
    template: Annotated[str, Meta(description="the template of a model that has none")] = ""
