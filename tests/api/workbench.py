"""A small app that keeps every convention, and what its tests say to it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

import httpx
import psycopg
from fastapi import Body, FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from api.assembly import assemble, ordered_router
from api.conventions.bearer import TokenIssuer, TokenVerifier
from api.conventions.callers import Caller, CallerIfAny
from api.conventions.cursors import DEFAULT_LIMIT, Cursors, CursorText, Limit, next_link
from api.conventions.etags import etag_of, named_versions, unchanged
from api.conventions.guards import guards, has_role, if_match, keyed, owns_listing, signed_in
from api.conventions.reading import catch_up
from api.positions import Positions
from domain.account.facts import Role
from domain.account.state import Account
from domain.booking.state import Booking
from domain.conversation.state import Conversation
from domain.listing.state import Listing
from domain.promotion.state import Promotion
from domain.refusals import NightsTaken, StaleVersion
from domain.webhook.state import Endpoint

ISSUER = TokenIssuer(b"s" * 32)
GUEST = UUID("01940000-0000-7000-8000-000000000001")
HOST = UUID("01940000-0000-7000-8000-000000000002")
ADMIN = UUID("01940000-0000-7000-8000-000000000003")
LISTING = UUID("01940000-0000-7000-8000-00000000000a")
DRAFT = UUID("01940000-0000-7000-8000-00000000000b")
NOBODY = UUID("01940000-0000-7000-8000-0000000000ff")
ORIGIN = "https://front.example"
CURSORS = Cursors(b"cursor secret")


class KnownThings:
    """A sight of two accounts, a published listing and a draft."""

    async def reach(self, positions: Positions) -> None:
        pass

    async def account(self, account_id: UUID) -> tuple[Account, int] | None:
        names = {GUEST: "Gunnel", HOST: "Hedda", ADMIN: "Ada"}
        if account_id not in names:
            return None
        account = Account(id=account_id, name=names[account_id], email=None)
        if account_id == ADMIN:
            account = Account(
                id=account_id, name="Ada", email=None, roles=frozenset({"admin", "auditor"})
            )
        return account, 1

    async def roles(self, account_id: UUID) -> frozenset[Role]:
        found = await self.account(account_id)
        return found[0].roles if found else frozenset()

    async def listing(self, listing_id: UUID) -> tuple[Listing, int] | None:
        if listing_id not in {LISTING, DRAFT}:
            return None
        status = "draft" if listing_id == DRAFT else "published"
        listing = Listing(
            id=listing_id, host_id=HOST, kind="stay", time_zone="Europe/Stockholm", status=status
        )
        return listing, 7

    async def booking(self, booking_id: UUID) -> tuple[Booking, int] | None:
        return None

    async def promotion(self, promotion_id: UUID) -> tuple[Promotion, int] | None:
        return None

    async def webhook(self, endpoint_id: UUID) -> tuple[Endpoint, int] | None:
        return None

    async def conversation(self, about: UUID) -> tuple[Conversation, int] | None:
        return None

    async def quote_guest(self, quote_id: UUID) -> UUID | None:
        return None


class AppliedUpTo:
    """A read model that has come to a fixed place."""

    def __init__(self, positions: Positions) -> None:
        self.at = dict(positions)

    async def positions(self) -> dict[int, int]:
        return self.at

    async def wait(self, positions: Positions, timeout: float) -> bool:  # noqa: ASYNC109 - the port's
        return all(self.at.get(partition, 0) >= p for partition, p in positions.items())


class Change(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: Annotated[str, Field(min_length=1, max_length=20)]
    units: StrictInt = 1


router = ordered_router("things")
READER = AppliedUpTo({3: 100})


@router.patch("/v1/listings/{listing_id}")
@guards(signed_in, owns_listing, if_match)
async def change(request: Request, listing_id: UUID, caller: Caller, body: Change) -> Any:
    versions = named_versions(request)
    if versions is not None and 7 not in versions:
        raise StaleVersion(expected=0, actual=7)
    return {"caller": str(caller), "title": body.title}


@router.get("/v1/listings/{listing_id}")
async def look(request: Request, listing_id: UUID, caller: CallerIfAny) -> Response:
    told = await catch_up(request, READER)
    page = b'{"title":"Loft"}'
    etag = etag_of(7, page)
    status = 304 if unchanged(request, etag) else 200
    return Response(b"" if status == 304 else page, status, {"ETag": etag, **told})


@router.post("/v1/bookings", status_code=201)
@guards(signed_in, keyed)
async def book(caller: Caller, body: Change) -> Any:
    raise NightsTaken(listing_id=LISTING, nights=())


@router.post("/v1/bookings/{booking_id}/cancel")
@guards(signed_in)
async def cancel(
    caller: Caller, booking_id: UUID, body: Annotated[Change | None, Body()] = None
) -> Any:
    return {"body": body.title if body else None}


@router.get("/v1/things")
async def things(
    request: Request, limit: Limit = DEFAULT_LIMIT, cursor: CursorText = None
) -> Response:
    after = CURSORS.read("things", cursor) if cursor is not None else 0
    following = CURSORS.write("things", after + limit)
    return Response(str(after), headers=next_link(request, following))


@router.get("/v1/audit/events")
@guards(signed_in, has_role("auditor"))
async def audit(caller: Caller, limit: Limit = DEFAULT_LIMIT) -> Any:
    return {"items": []}


@router.get("/v1/broken")
async def broken(what: str = "") -> Any:
    if what == "postgres":
        raise psycopg.OperationalError("the connection is lost: password=hunter2")
    raise RuntimeError("secret inside")


@asynccontextmanager
async def nothing_to_open(app: FastAPI) -> AsyncGenerator[None]:
    yield


async def answers() -> None:
    """A server that is there."""


def workbench() -> FastAPI:
    """A fresh app, with limits of its own."""
    return assemble(
        "workbench",
        "For tests.",
        [router],
        verifier=TokenVerifier(ISSUER.public_key),
        sight=KnownThings(),
        origins=[ORIGIN],
        checks={"something": answers},
        answer_within=5.0,
        lifespan=nothing_to_open,
    )


def client_of(app: Any) -> httpx.AsyncClient:
    """A client that calls ``app`` without a server."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sojourn.test")


def bearer(account_id: UUID) -> dict[str, str]:
    """The header of someone who is signed in."""
    return {"Authorization": f"Bearer {ISSUER.issue(account_id)}"}


def problem(answer: httpx.Response) -> tuple[int, str]:
    """The status and code of a problem document, whose form is checked too."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    document = answer.json()
    assert {"type", "title", "status", "detail", "code", "errors"} <= document.keys()
    assert document["status"] == answer.status_code
    return answer.status_code, document["code"]
