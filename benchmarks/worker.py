"""`worker pages` as `sojourn` runs it, but with a sink that makes nothing of what it takes.

Run as `python -m benchmarks.worker`. All else is the same: Kafka, decoding, order, gaps, dead
letters, metrics, and the applied positions, which are written after each batch.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.recorded import Recorded
from sojourn import processes
from streams import pages


class Nothing(pages.Pages):
    """The floor: no reads, no folds, no documents."""

    async def apply(self, events: Sequence[Recorded]) -> None:
        """Take ``events`` for applied."""


if __name__ == "__main__":
    pages.Pages = Nothing
    processes.run_worker("pages")
