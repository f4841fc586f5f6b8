"""Applies events to a sink; a stream that can't go on is parked, and all others go on.

A parked stream's later events are kept as dead letters instead of being applied, so that nobody has
to find out what it lacks. What the documents lost comes from the log.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from domain.recorded import Recorded
from projections.parts import Missed, Poison, Refused
from streams.dead_letters.letter import DeadLetters, Kind, Letter, behind, inapplicable, undecodable
from streams.log import Log, Undecoded, readable
from streams.metrics import WorkerMetrics
from streams.sink import Applies

logger = logging.getLogger(__name__)


class Parking:
    """To one sink's generations, whichever; ``parked`` is the first version not applied."""

    def __init__(
        self, name: str, log: Log, dead_letters: DeadLetters, metrics: WorkerMetrics
    ) -> None:
        self._name = name
        self._log = log
        self._dead_letters = dead_letters
        self._metrics = metrics
        self.parked: dict[str, int] = {}

    async def look(self) -> None:
        """Learn which streams are parked; somebody else may have parked or released one."""
        self.parked = await self._dead_letters.parked()
        self._metrics.parked.set(len(self.parked))

    async def apply(
        self, sink: Applies, events: Sequence[Recorded], others: Sequence[Undecoded] = ()
    ) -> None:
        """Apply ``events``, each key's in order; ``others`` are those of the log among them that
        can't be decoded."""
        await self._park_undecoded(others)
        searched: set[str] = set()
        left: Sequence[Recorded] = events
        while left := await self._without_parked(left):
            try:
                await sink.apply(left)
            except Missed as missed:
                left = await self._with_past(left, missed, searched)
            except Poison as poison:
                await self._park("poison", str(poison), poison.recorded)
            except Refused as refused:
                if len(left) > 1:
                    half = len(left) // 2
                    await self.apply(sink, left[:half])
                    left = left[half:]
                else:
                    await self._park("refused", str(refused), left[0])
            else:
                return

    async def _without_parked(self, events: Sequence[Recorded]) -> Sequence[Recorded]:
        """``events`` without those behind what is not applied; these are kept as dead letters."""
        if not self.parked or not any(event.stream in self.parked for event in events):
            return events
        # Whoever had the partition before may have parked more, or released some.
        await self.look()
        left: list[Recorded] = []
        letters: list[Letter] = []
        for event in events:
            first = self.parked.get(event.stream)
            if first is None or event.version < first:
                left.append(event)
            elif event.version > first:
                letters.append(behind(event, first))
        if letters:
            await self._dead_letters.keep(letters)
        return left

    async def _with_past(
        self, left: Sequence[Recorded], missed: Missed, searched: set[str]
    ) -> Sequence[Recorded]:
        """``left`` with all that the log has of the key of the event that came too early."""
        stuck = missed.recorded
        logger.warning("%s lacks the past of an event: %s", self._name, missed)
        if stuck.stream in searched:
            await self._park(
                "poison", f"{missed}, and what it lacks is parked or not in the log", stuck
            )
            return left
        searched.add(stuck.stream)
        records = await asyncio.to_thread(self._log.read_key, stuck.key)
        past, others = readable(records)
        await self._park_undecoded(others)
        self._metrics.healed.inc(len(past))
        return past + [event for event in left if event.key != stuck.key]

    async def _park_undecoded(self, others: Sequence[Undecoded]) -> None:
        new = [each for each in others if not self._known(each)]
        if not new:
            return
        await self._dead_letters.keep([undecodable(each.record, each.because) for each in new])
        for each in new:
            self._set_parked(each.record.stream, each.record.version)
            logger.error("position %d of the log: %s", each.record.position, each.because)
        self._metrics.dead_letters.inc(len(new))

    def _known(self, other: Undecoded) -> bool:
        return self.parked.get(other.record.stream) == other.record.version

    async def _park(self, kind: Kind, because: str, recorded: Recorded) -> None:
        rows = await asyncio.to_thread(self._log.read, recorded.position - 1, 1)
        row = next((row for row in rows if row.position == recorded.position), None)
        await self._dead_letters.keep([inapplicable(kind, because, recorded, row)])
        self._set_parked(recorded.stream, recorded.version)
        self._metrics.dead_letters.inc()
        logger.error(
            "%s parks %s at version %d: %s", self._name, recorded.stream, recorded.version, because
        )

    def _set_parked(self, stream: str, version: int) -> None:
        self.parked[stream] = min(version, self.parked.get(stream, version))
        self._metrics.parked.set(len(self.parked))
