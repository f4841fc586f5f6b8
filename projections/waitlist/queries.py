"""For what does this guest wait, and where in line? How many wait for this listing?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.waitlist.state import Entry, Waitlist
from projections.documents import PartKey, read_part, read_parts
from projections.generation import Generations
from projections.lists import listed
from projections.waitlist.projector import MODEL, WAITLIST


@dataclass(frozen=True)
class Wish:
    """An entry with the waitlist that says its place."""

    listing_id: UUID
    entry: Entry
    waitlist: Waitlist


@dataclass(frozen=True)
class Wishes:
    """Some wishes, and the cursor of those behind them, none at the end."""

    items: list[Wish]
    next: int | None


async def wishes(
    generations: Generations, guest_id: UUID, *, limit: int = 20, cursor: int | None = None
) -> Wishes:
    """What a guest waits or waited for, the latest first; stays that have begun drop out."""
    items: list[Wish] = []
    last = before = cursor
    while True:
        found = await listed(generations, [(MODEL, str(guest_id))], limit + 1, before)
        members = [(*member.split("/"), position) for member, position in found]
        keys = {listing: PartKey(WAITLIST, listing) for listing, _, _ in members}
        parts = await read_parts(generations, list(keys.values())) if keys else {}
        for listing, entry_id, position in members:
            before = position
            part = parts.get(keys[listing])
            entry = part.state.entries.get(UUID(entry_id)) if part else None
            if part is None or entry is None:
                continue
            if len(items) == limit:
                return Wishes(items, last)
            items.append(Wish(UUID(listing), entry, part.state))
            last = position
        if len(found) <= limit:
            return Wishes(items, None)


async def waiting(generations: Generations, listing_id: UUID, now: datetime) -> int:
    """How many wishes wait for nights of the listing at ``now``."""
    part = await read_part(generations, WAITLIST, str(listing_id))
    return len(part.state.line(now)) if part else 0
