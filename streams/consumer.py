"""What Faust's consumer leaves out."""

from __future__ import annotations

from collections.abc import Mapping

from faust.transport.drivers.aiokafka import Consumer
from faust.types import TP


class WholeConsumer(Consumer):
    """A consumer that begins at the start of partitions of which nothing is committed.

    Faust throws away what it has fetched while partitions are shared out, and then seeks to what is
    committed. aiokafka goes nowhere for a partition without a commit, so what was thrown away of it
    never came (faust-streaming 0.15, aiokafka 0.14).
    """

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek all partitions to their committed offsets, which are returned."""
        committed = await super().seek_to_committed()
        await self.seek_wait({each: 0 for each, offset in committed.items() if not offset})
        return committed
