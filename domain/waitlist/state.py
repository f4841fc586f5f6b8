"""A listing's waitlist as its facts left it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, assert_never
from uuid import UUID

from domain.calendar.extent import Extent, extent_of
from domain.slot import Slot
from domain.stay import Stay
from domain.waitlist.facts import (
    OfferLapsed,
    OfferTaken,
    WaitlistEvent,
    WaitlistJoined,
    WaitlistLeft,
    WaitlistOffered,
)

Status = Literal["waiting", "offered", "booked", "left", "lapsed", "expired"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One wish; ``number`` counts who joined, from 1, and is the order of the line."""

    id: UUID
    number: int
    guest_id: UUID
    stay: Stay
    guests: int
    units: int
    joined_at: datetime
    closes_at: datetime
    slot: Slot | None = None
    status: Status = "waiting"
    offered_until: datetime | None = None
    booking_id: UUID | None = None

    @property
    def extent(self) -> Extent:
        """The days, or the slot, that it is for."""
        return extent_of(self.stay, self.slot, None)

    def status_at(self, now: datetime) -> Status:
        """The status at ``now``, whoever takes note when: an offer lapses, a stay begins."""
        if self.status == "offered" and self.offered_until and self.offered_until <= now:
            return "lapsed"
        if self.status == "waiting" and self.closes_at <= now:
            return "expired"
        return self.status

    def open_at(self, now: datetime) -> bool:
        """Whether the guest waits or is offered the nights."""
        return self.status_at(now) in ("waiting", "offered")


@dataclass(frozen=True, kw_only=True)
class Waitlist:
    """Who joined so far, and the wishes by entry id."""

    joined: int = 0
    entries: dict[UUID, Entry] = field(default_factory=dict[UUID, Entry])

    def line(self, now: datetime) -> list[Entry]:
        """Who waits at ``now``, first come first."""
        waiting = (e for e in self.entries.values() if e.status_at(now) == "waiting")
        return sorted(waiting, key=lambda entry: entry.number)

    def lapsed(self, now: datetime) -> list[Entry]:
        """Who was offered nights and let them go, which nobody took note of yet."""
        offered = (e for e in self.entries.values() if e.status == "offered")
        return [entry for entry in offered if entry.status_at(now) == "lapsed"]

    def open_entry(
        self, guest_id: UUID, stay: Stay, now: datetime, slot: Slot | None = None
    ) -> Entry | None:
        """The guest's wish for exactly these nights, or this slot, while it is open."""
        return next(
            (
                entry
                for entry in self.entries.values()
                if (entry.guest_id, entry.stay, entry.slot) == (guest_id, stay, slot)
                and entry.open_at(now)
            ),
            None,
        )

    def place(self, entry_id: UUID, now: datetime) -> int | None:
        """Which in line for its nights an entry is, from 1; none when it does not wait.

        Ahead are those who joined before and wait for some of the same time.
        """
        entry = self.entries.get(entry_id)
        if entry is None or entry.status_at(now) != "waiting":
            return None
        wanted = entry.extent
        ahead = (e for e in self.line(now) if e.number < entry.number)
        return 1 + sum(other.extent.overlaps(wanted) for other in ahead)


NOBODY = Waitlist()


def evolve(waitlist: Waitlist | None, event: WaitlistEvent) -> Waitlist:
    """``waitlist`` after ``event``; an event about a wish that is gone changes nothing."""
    before = waitlist or NOBODY
    match event:
        case WaitlistJoined():
            return _joined(before, event)
        case WaitlistLeft():
            return _changed(before, event.entry_id, "left")
        case WaitlistOffered():
            return _changed(before, event.entry_id, "offered", until=event.until)
        case OfferTaken():
            return _changed(before, event.entry_id, "booked", booking_id=event.booking_id)
        case OfferLapsed():
            return _changed(before, event.entry_id, "lapsed")
        case _:
            assert_never(event)


def _joined(before: Waitlist, event: WaitlistJoined) -> Waitlist:
    number = before.joined + 1
    entry = Entry(
        id=event.entry_id,
        number=number,
        guest_id=event.guest_id,
        stay=event.stay,
        slot=event.slot,
        guests=event.guests,
        units=event.units,
        joined_at=event.joined_at,
        closes_at=event.closes_at,
    )
    # Wishes whose stay has begun matter to nobody any more, and lists must not grow for ever.
    kept = {
        each.id: each
        for each in before.entries.values()
        if each.closes_at > event.joined_at or each.status == "offered"
    }
    return Waitlist(joined=number, entries={**kept, entry.id: entry})


def _changed(
    before: Waitlist,
    entry_id: UUID,
    status: Status,
    *,
    until: datetime | None = None,
    booking_id: UUID | None = None,
) -> Waitlist:
    entry = before.entries.get(entry_id)
    if entry is None:
        return before
    # A lapsed offer keeps its end: who comes too late is told when it was.
    end = until or (entry.offered_until if status == "lapsed" else None)
    after = replace(entry, status=status, offered_until=end, booking_id=booking_id)
    return replace(before, entries={**before.entries, entry_id: after})
