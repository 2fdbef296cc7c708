"""What fails without having been declined is logged, and its client hears of it. The connection stays."""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pitchpipe_stages.serve.api.errors import error_response

_LOG = logging.getLogger("pitchpipe.serve")


class HeardFailures:
    """Stands around the routes."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sent(event: Message) -> None:
            nonlocal begun
            begun = True
            await send(event)

        try:
            await self.app(scope, receive, sent)
        except Exception as error:
            if begun:
                raise
            _LOG.exception("%s failed", scope.get("path"))
            await error_response(error, scope.get("state", {}).get("id", ""))(scope, receive, send)
