"""The record of requests as it is: it can be read where nothing can be written, and nothing is sent."""

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Ask, Reply
from pitchpipe.recipe.recipe import Use
from pitchpipe_stages.generate.requests.key import as_bytes, key_of, request_of
from pitchpipe_stages.generate.requests.record import RequestRecord
from pitchpipe_stages.generate.requests.sender import counts

NOT_KNOWN = "the record has no reply, and nothing is sent"


class Offline:
    """A teacher that answers from a record alone, or not at all where there is none."""

    broken: PitchpipeError | None = None

    def __init__(self, use: Use, record: RequestRecord | None):
        self.use, self._record = use, record

    async def reply(self, ask: Ask) -> Reply:
        key = key_of(as_bytes(request_of(self.use, ask)))
        known = await self._record.reply(key) if self._record else None
        reply = known if known and counts(known) else Reply("", "unsent", problem=NOT_KNOWN)
        return msgspec.structs.replace(reply, key=key)
