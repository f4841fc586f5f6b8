"""What events make of the documents in Redis: pure, so that everyone who asks gets the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from domain.recorded import Recorded
from domain.streams import category
from projections.account.projector import ACCOUNT
from projections.booking.projector import BOOKING
from projections.calendar import projector as calendar
from projections.conversation import projector as conversation
from projections.documents import PartKey
from projections.host_listings import projector as host_listings
from projections.listing_page.projector import LISTING
from projections.listing_ratings.projector import RATINGS
from projections.parts import ListEntry, Missed, Part, PartKind, Poison
from projections.promotion.projector import PROMOTION
from projections.promotions import projector as promotions
from projections.reservations import projector as reservations
from projections.reviews import projector as reviews
from projections.trips import projector as trips
from projections.waitlist import projector as waitlist
from projections.waitlist.projector import WAITLIST

KINDS: Final[tuple[PartKind[Any], ...]] = (
    LISTING,
    calendar.LISTING,
    calendar.CLAIMS,
    BOOKING,
    reviews.REVIEWS,
    RATINGS,
    conversation.CONVERSATION,
    WAITLIST,
    ACCOUNT,
    PROMOTION,
)
LISTS: Final = (
    trips.entries,
    reservations.entries,
    host_listings.entries,
    reviews.entries,
    conversation.entries,
    waitlist.entries,
    promotions.entries,
)

_KINDS_OF: Final[defaultdict[str, list[PartKind[Any]]]] = defaultdict(list)
for _kind in KINDS:
    _KINDS_OF[_kind.stream].append(_kind)


def parts_of(recorded: Recorded) -> list[PartKey]:
    """The parts of documents that ``recorded`` changes."""
    return [
        PartKey(kind, document)
        for kind in _KINDS_OF.get(category(recorded.stream), ())
        if (document := kind.document(recorded)) is not None
    ]


def wanted_of(events: Iterable[Recorded]) -> list[PartKey]:
    """The parts that ``events`` change, each once."""
    return list(dict.fromkeys(key for recorded in events for key in parts_of(recorded)))


def folded(
    parts: Mapping[PartKey, Part[Any]], events: Iterable[Recorded]
) -> dict[PartKey, Part[Any]]:
    """``parts`` after ``events``; only those that changed."""
    changed: dict[PartKey, Part[Any]] = {}
    for recorded in events:
        for key in parts_of(recorded):
            before = changed.get(key) or parts.get(key)
            try:
                after = key.kind.fold(before, recorded)
            except (Missed, MemoryError):
                raise
            except Exception as error:
                raise Poison(recorded, error) from error
            if after is not before:
                changed[key] = after
    return changed


def entries_of(events: Iterable[Recorded]) -> list[ListEntry]:
    """What ``events`` add to lists."""
    found: list[ListEntry] = []
    for recorded in events:
        try:
            for list_of in LISTS:
                found += list_of(recorded)
        except (Missed, MemoryError):
            raise
        except Exception as error:
            raise Poison(recorded, error) from error
    return found
