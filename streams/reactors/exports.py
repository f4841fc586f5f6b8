"""Makes the archives that people ask for, and keeps them sealed until they expire."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from domain.account.facts import ExportRequested
from domain.recorded import Recorded
from domain.streams import subject
from eventlog.application import EventLog
from eventlog.personal.exports import Exports
from eventlog.personal.keys import Erased
from eventlog.reader import LogReader
from streams.reactors.archive import archive_of
from streams.reactors.receipts import Reaction


class ExportReactor:
    """See :class:`streams.reactors.sink.Reactor`."""

    def __init__(self, log: EventLog, reader: LogReader, exports: Exports) -> None:
        self._log = log
        self._reader = reader
        self._exports = exports

    def wants(self, recorded: Recorded) -> bool:
        """That somebody asked for all about them."""
        return isinstance(recorded.event, ExportRequested)

    async def react(self, recorded: Recorded) -> Reaction:
        """Make the archive and keep it; a repeat leaves the first one as it is."""
        asked = recorded.event
        assert isinstance(asked, ExportRequested), "only what it wants"
        await asyncio.to_thread(self._make, recorded, asked)
        return Reaction(position=recorded.position, stream=recorded.stream, outcome="done")

    def _make(self, recorded: Recorded, asked: ExportRequested) -> None:
        if asked.expires_at <= datetime.now(UTC):
            return
        person, sealing = subject(recorded.stream), self._log.sealing
        archive = archive_of(person, self._log, self._reader)
        try:
            self._exports.keep(asked.export_id, person, archive, asked.expires_at, sealing)
        except Erased:
            # They left meanwhile, and there is nobody to give it to.
            return
