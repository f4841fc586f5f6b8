"""A waitlist is the fold of its stream; a guest's wishes are listed in the order of joining."""

from __future__ import annotations

from domain.recorded import Recorded
from domain.waitlist.facts import WaitlistJoined
from domain.waitlist.state import Waitlist, evolve
from projections.parts import ListEntry, PartKind

MODEL = "wishes"

WAITLIST = PartKind(model="waitlist", stream="waitlist", state=Waitlist, evolve=evolve)


def entries(recorded: Recorded) -> list[ListEntry]:
    """What ``recorded`` adds to a guest's wishes: the listing and the entry, with a slash."""
    match recorded.event:
        case WaitlistJoined(listing_id=listing, entry_id=entry, guest_id=guest):
            return [ListEntry(MODEL, str(guest), f"{listing}/{entry}", recorded.position)]
        case _:
            return []
