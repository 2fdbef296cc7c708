"""The upstream `model`: one more model in the server's own process, beside that of the section `serve`."""

from collections.abc import AsyncIterator
from typing import Annotated

from msgspec import Meta

from pitchpipe.host.serving import Begins, Request, Said, Service, Upstream


class ModelInProcess:
    """A further model in this process, with an engine of its own: of a run, of a folder, or of the hub."""

    def __init__(
        self,
        path: Annotated[str, Meta(description="a run, a folder, or a name on the hub")],
        template: Annotated[str, Meta(description="the template of a model that has none")] = "",
    ):
        self.path, self.template = path, template
        self._opened: Upstream | None = None

    def take(self, opened: Upstream) -> None:
        """The model, once it is open."""
        self._opened = opened

    async def begin(self, service: Service) -> None:
        if isinstance(self._opened, Begins):
            await self._opened.begin(service)

    async def close(self) -> None:
        if isinstance(self._opened, Begins):
            await self._opened.close()

    def read(self, request: Request) -> Request:
        assert self._opened
        return self._opened.read(request)

    def __call__(self, request: Request) -> AsyncIterator[Said]:
        assert self._opened
        return self._opened(request)
