"""All read models in Redis, applied a batch at a time: one read, the folds, one write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from redis.asyncio import Redis

from domain.recorded import Recorded
from domain.streams import category
from projections.account.projector import ACCOUNT
from projections.applied import Positions, RedisApplied, advance
from projections.booking.projector import BOOKING
from projections.calendar import projector as calendar
from projections.conversation import projector as conversation
from projections.documents import PartKey, read_parts, write_forward
from projections.generation import CURRENT, Generations, begin_building, drop_others, show_built
from projections.host_listings import projector as host_listings
from projections.listing_page.projector import LISTING
from projections.listing_ratings.projector import RATINGS
from projections.parts import Part, PartKind
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
    kinds = _KINDS_OF.get(category(recorded.stream), ())
    named = ((kind, kind.document(recorded)) for kind in kinds)
    return [PartKey(kind, document) for kind, document in named if document is not None]


def folded(
    parts: Mapping[PartKey, Part[Any]], events: Iterable[Recorded]
) -> dict[PartKey, Part[Any]]:
    """``parts`` after ``events``; only those that changed."""
    changed: dict[PartKey, Part[Any]] = {}
    for recorded in events:
        for key in parts_of(recorded):
            before = changed.get(key) or parts.get(key)
            after = key.kind.fold(before, recorded)
            if after is not before:
                changed[key] = after
    return changed


class Pages:
    """The Redis sink; ``generation`` pins it to one, else it follows the one that readers see."""

    name = "pages"

    def __init__(
        self, redis: Redis, prefix: str, *, generation: str | None = None, sign: bytes = b""
    ) -> None:
        self._redis = redis
        self._sign = sign
        self._prefix = prefix
        self._generations = Generations(redis, prefix, pinned=generation, to_write=True)
        self._applied = RedisApplied(redis, prefix, self._generations)

    async def apply(self, events: Sequence[Recorded]) -> None:
        """See :class:`streams.sink.Sink`."""
        wanted = list(dict.fromkeys(key for recorded in events for key in parts_of(recorded)))
        stored = await read_parts(self._generations, wanted)
        changed = folded(stored, events)
        entries = [entry for recorded in events for list_of in LISTS for entry in list_of(recorded)]
        if changed or entries:
            await write_forward(self._redis, self._generations.keys, changed, entries)

    async def applied(self) -> dict[int, int]:
        """See :class:`streams.sink.Sink`."""
        return await self._applied.positions()

    async def advance(self, positions: Positions) -> None:
        """See :class:`streams.sink.Sink`."""
        await advance(self._redis, self._generations.keys, positions)

    async def fresh(self) -> Pages:
        """See :class:`streams.sink.Sink`."""
        sign = await begin_building(self._redis, self._prefix, CURRENT)
        return Pages(self._redis, self._prefix, generation=CURRENT, sign=sign)

    async def show(self) -> None:
        """See :class:`streams.sink.Sink`."""
        generation = self._generations.keys.generation
        await show_built(self._redis, self._prefix, generation, self._sign)
        await drop_others(self._redis, self._prefix, generation)
