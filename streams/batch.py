"""What a batch of records comes to: events to apply, how far that gets, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.recorded import Recorded
from projections.applied import Positions
from streams.received import Read


@dataclass(frozen=True)
class Gap:
    """Events of a partition that must come from the log: behind ``after``, up to ``upto``."""

    after: int
    upto: int


@dataclass
class Batch:
    """Events to apply and how far each partition gets by them; a partition in ``gaps`` has none."""

    events: list[Recorded] = field(default_factory=list[Recorded])
    reached: dict[int, int] = field(default_factory=dict[int, int])
    gaps: dict[int, Gap] = field(default_factory=dict[int, Gap])

    def lacks(self, partition: int, position: int) -> bool:
        """Whether the event at ``position`` must come from the log."""
        gap = self.gaps.get(partition)
        return gap is not None and gap.after < position <= gap.upto


def sort_out(records: Iterable[Read], applied: Positions) -> Batch:
    """What is news in ``records``, given what is ``applied``.

    A partition is read from the log instead when a record follows one that was never applied, or
    can't be read: then its position is only a claim, and the log knows.
    """
    batch = Batch()
    reached: dict[int, int] = {}
    for found in records:
        partition = found.record.partition
        before = reached.get(partition, applied.get(partition, 0))
        if found.position is None or found.position <= before:
            continue
        reached[partition] = found.position
        follows = found.event is not None and (found.previous or 0) <= before
        if partition in batch.gaps or not follows:
            batch.gaps[partition] = Gap(applied.get(partition, 0), found.position)
        elif found.event is not None:
            batch.events.append(found.event)
    batch.reached = {key: value for key, value in reached.items() if key not in batch.gaps}
    if batch.gaps:
        batch.events = [event for event in batch.events if event.partition not in batch.gaps]
    return batch
