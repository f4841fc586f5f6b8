"""A town of a few listings, and ways to search it."""

from __future__ import annotations

from uuid import UUID

from domain.listing.decisions import draft
from domain.listing.facts import ListingPublished, Location
from domain.money import Money
from projections.listing_search.criteria import Criteria
from projections.listing_search.queries import Found, search
from tests.domain.facts import HOST, NOW, offer
from tests.projections.conftest import SearchStore
from tests.projections.history import History

BOAT, STUDIO, VILLA, HUT = (UUID(int=200 + n) for n in range(4))
SODER = Location(latitude=59.315, longitude=18.07, neighbourhood="Södermalms", city="Stockholm")
NORR = Location(latitude=59.345, longitude=18.04, neighbourhood="Norrmalms", city="Stockholm")
LUND = Location(latitude=55.70, longitude=13.19, neighbourhood="Centrum", city="Lund")
OFFERS = {
    BOAT: {
        "title": "Houseboat with a sauna",
        "location": SODER,
        "room_type": "Boat",
        "amenities": ("Sauna", "Wi-Fi"),
    },
    STUDIO: {
        "title": "Sunny studios near the café",
        "location": NORR,
        "room_type": "Entire home",
        "price": Money(50_000, "SEK"),
        "max_guests": 2,
        "instant": False,
        "amenities": ("wi-fi",),
    },
    VILLA: {
        "title": "Villa Åkersberga, 日本語 ok",
        "location": LUND,
        "room_type": "Entire home",
        "price": Money(333_333, "SEK"),
        "units": 2,
        "minimum_nights": 3,
    },
}


def a_town() -> History:
    """Three published listings, and a hut that is still a draft."""
    history = History()
    for identity, changes in OFFERS.items():
        made = draft(identity, HOST, offer(**changes))
        history.listing(*made, ListingPublished(listing_id=identity), of=identity)
    history.listing(*draft(HUT, HOST, offer(title="A sauna hut", location=SODER)), of=HUT)
    return history


async def store(index: SearchStore, history: History) -> None:
    await index.sink.apply(history.events)
    await index.client.indices.refresh(index=f"{index.prefix}-listings")


async def found(index: SearchStore, criteria: Criteria) -> Found:
    return await search(index.client, index.prefix, criteria, NOW)


async def ids(index: SearchStore, criteria: Criteria) -> list[UUID]:
    return [UUID(item.id) for item in (await found(index, criteria)).items]
