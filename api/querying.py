"""One question over HTTP: wait for what the client has seen, ask, say how fresh the answer is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, TypeVar, cast
from uuid import UUID

from anyio import to_thread
from elasticsearch import AsyncElasticsearch
from fastapi import Depends, Request, Response
from pydantic import BaseModel

from api.conventions.bearer import Clock, utc_now
from api.conventions.cursors import Cursors, next_link
from api.conventions.etags import etag_of, unchanged
from api.conventions.problems import invalid
from api.conventions.reading import PATIENCE, Applied, not_yet
from api.degraded import Degraded
from api.live.hub import Hub
from api.positions import Positions
from api.representations.values import page_of
from api.sign_in.accounts import AddressBook
from commands.webhooks.deliveries import Deliveries
from domain.account.facts import AccountEvent, Role
from domain.account.state import Account, evolve
from domain.booking.state import Booking
from domain.conversation.state import Conversation
from domain.listing.state import Listing
from domain.promotion.state import Promotion
from domain.streams import account_stream, webhook_stream
from domain.webhook.facts import WebhookEvent
from domain.webhook.state import Endpoint
from domain.webhook.state import evolve as evolve_webhook
from eventlog.personal.exports import Exports
from eventlog.personal.sealing import Sealing, people_in
from eventlog.reader import LogReader
from projections.account.queries import account
from projections.booking.queries import booking
from projections.conversation.queries import conversation
from projections.generation import Generations
from projections.listing_page.queries import listing_page
from projections.parts import Part
from projections.promotion.queries import promotion

S = TypeVar("S")

PRIVATE = "private, no-store"
FRESH = "public, max-age=1, stale-while-revalidate=10"
"""Pages for everyone; whoever must see their own write says so with Min-Position."""


@dataclass(frozen=True)
class QuerySide:
    """What the endpoints of the query app ask; ``secret`` keys the hashes of e-mail addresses."""

    generations: Generations
    applied: Applied
    search: AsyncElasticsearch
    search_prefix: str
    search_applied: Applied
    log: LogReader
    addresses: AddressBook
    cursors: Cursors
    secret: bytes
    sealing: Sealing
    live: Hub
    deliveries: Deliveries
    exports: Exports
    clock: Clock = utc_now
    degraded: Degraded = field(default_factory=Degraded)

    async def reach(self, positions: Positions) -> None:
        """See :class:`api.conventions.sight.Sight`."""
        if not await self.applied.wait(positions, PATIENCE):
            raise not_yet()

    async def account(self, account_id: UUID) -> tuple[Account, int] | None:
        """See :class:`api.conventions.sight.Sight`."""
        found = await account(self.generations, account_id)
        if found is None:
            return None
        return await self.readable(found.state, account_stream(account_id)), found.version

    async def readable(self, found: S, stream: str) -> S:
        """``found``, of ``stream``, with its personal text opened; see :class:`Sealing`."""
        if self.sealing.keys.remembers(people_in([found])):
            return self.sealing.readable(found, stream)
        return await to_thread.run_sync(self.sealing.readable, found, stream)

    async def roles(self, account_id: UUID) -> frozenset[Role]:
        """See :class:`api.conventions.sight.Sight`; from the log, as pages come a moment later."""

        def fold() -> frozenset[Role]:
            account: Account | None = None
            for record in self.log.read_stream(account_stream(account_id)):
                account = evolve(account, cast("AccountEvent", record.decoded().event))
            return account.roles if account else frozenset()

        return await to_thread.run_sync(fold, abandon_on_cancel=True)

    async def listing(self, listing_id: UUID) -> tuple[Listing, int] | None:
        """See :class:`api.conventions.sight.Sight`."""
        return _versioned(await listing_page(self.generations, listing_id))

    async def booking(self, booking_id: UUID) -> tuple[Booking, int] | None:
        """See :class:`api.conventions.sight.Sight`."""
        return _versioned(await booking(self.generations, booking_id))

    async def promotion(self, promotion_id: UUID) -> tuple[Promotion, int] | None:
        """See :class:`api.conventions.sight.Sight`."""
        return _versioned(await promotion(self.generations, promotion_id))

    async def webhook(self, endpoint_id: UUID) -> tuple[Endpoint, int] | None:
        """See :class:`api.conventions.sight.Sight`; from the log, as it has no page."""

        def fold() -> tuple[Endpoint, int] | None:
            endpoint: Endpoint | None = None
            version = 0
            for record in self.log.read_stream(webhook_stream(endpoint_id)):
                event = cast("WebhookEvent", record.decoded().event)
                endpoint, version = evolve_webhook(endpoint, event), record.version
            return (endpoint, version) if endpoint else None

        return await to_thread.run_sync(fold, abandon_on_cancel=True)

    async def conversation(self, about: UUID) -> tuple[Conversation, int] | None:
        """See :class:`api.conventions.sight.Sight`."""
        return _versioned(await conversation(self.generations, about))

    async def quote_guest(self, quote_id: UUID) -> UUID | None:
        """Nothing: quotes have no page."""
        return None

    def place(self, name: str, cursor: str | None) -> int | None:
        """The position behind which the list ``name`` goes on."""
        after = self.cursors.read(name, cursor) if cursor is not None else None
        if after is not None and not isinstance(after, int):
            raise invalid("cursor", "bad_cursor", "this is no cursor of this list")
        return after

    def cursor(self, name: str, after: int | None) -> str | None:
        """The cursor behind ``after``, None at the end."""
        return None if after is None else self.cursors.write(name, after)


async def _side_of(request: Request) -> QuerySide:
    side: QuerySide = request.app.state.side
    return side


Side = Annotated[QuerySide, Depends(_side_of)]


def answer(
    request: Request,
    page: BaseModel,
    told: Mapping[str, str],
    *,
    version: int | None = None,
    cache: str = PRIVATE,
) -> Response:
    """``page``, or 304 when the client has it; ``told`` wins over ``cache``."""
    body = page_of(page)
    side: QuerySide = request.app.state.side
    headers = {"Cache-Control": cache, **told, **side.degraded.headers(request)}
    if version is not None:
        headers["ETag"] = etag_of(version, body)
        if unchanged(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
    following = getattr(page, "next", None)
    return Response(
        body, headers={**headers, **next_link(request, following)}, media_type="application/json"
    )


def _versioned(part: Part[S] | None) -> tuple[S, int] | None:
    return (part.state, part.version) if part else None
