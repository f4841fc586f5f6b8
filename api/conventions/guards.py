"""What an endpoint asks for before it looks at the body's fields, declared on the endpoint.

The order is the same everywhere: 401, then 400, 404, 403, 428 or 412, and only then 422 and 409.
Existence and ownership are decided by the use case itself on its way; the guards for them run when
a request would otherwise be told 422 or 428, which must not come first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar, cast
from uuid import UUID

from fastapi import Request

from api.conventions.body import JsonRequest
from api.conventions.etags import named_versions, version_required
from api.conventions.idempotency import key_in, key_required
from api.conventions.sight import Sight
from api.conventions.standing import acting_on, booking_for, inquiry_for, webhook_for
from domain.account.decisions import check_verified
from domain.account.facts import Role
from domain.listing.facts import Permission
from domain.refusals import NoSuch, NotYours, StaleVersion

Check = Callable[[JsonRequest], Awaitable[None]]


MOST_NAMED = 100
"""How many things that a body names are looked at: more than it may name are refused anyway."""


class Stage(Enum):
    """When a guard decides."""

    IDENTITY = "before the body is read"
    HEADERS = "before the body is looked at"
    ROLE = "before the fields are, always"
    SUBJECT = "before a complaint about fields"
    VERSION = "after the subject, before the fields"


@dataclass(frozen=True)
class Guard:
    """One thing that an endpoint asks for; ``tells`` are the statuses it may answer."""

    stage: Stage
    check: Check
    tells: tuple[int, ...]


Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def guards(*asked: Guard) -> Callable[[Endpoint], Endpoint]:
    """Declares what an endpoint asks for, in the order in which it decides."""

    def declare(endpoint: Endpoint) -> Endpoint:
        cast("Any", endpoint).guards = asked
        return endpoint

    return declare


def guards_of(endpoint: Callable[..., Any]) -> tuple[Guard, ...]:
    """What was declared on ``endpoint``."""
    return getattr(endpoint, "guards", ())


async def _nothing_more(request: JsonRequest) -> None:
    """Identity is decided by the route, which alone sees the request before its body."""


async def _has_key(request: JsonRequest) -> None:
    if key_in(request) is None:
        raise key_required()


async def _names_version(request: JsonRequest) -> None:
    named = named_versions(request)
    if named is None:
        raise version_required()
    version: int | None = getattr(request.state, "version", None)
    if version is not None and version not in named:
        raise StaleVersion(expected=max(named, default=0), actual=version)


signed_in = Guard(Stage.IDENTITY, _nothing_more, (401,))
"""The caller has a valid access token."""

keyed = Guard(Stage.HEADERS, _has_key, (400,))
"""The request carries an Idempotency-Key."""

if_match = Guard(Stage.VERSION, _names_version, (428, 412))
"""The request names the version it changes."""


def has_role(role: Role) -> Guard:
    """The caller has ``role`` now, whatever the token was issued for."""

    async def check(request: JsonRequest) -> None:
        caller: UUID | None = request.state.caller
        if caller is None or role not in await sight_of(request).roles(caller):
            raise NotYours(action=f"do this: it takes the role {role}")

    return Guard(Stage.ROLE, check, (403,))


def sight_of(request: Request) -> Sight:
    """What the app sees."""
    return request.app.state.sight


def id_in(given: object) -> UUID | None:
    """The id that a parameter or field holds, None when it holds none."""
    try:
        return UUID(given) if isinstance(given, str) else None
    except ValueError:
        return None


async def _look_at_listing(
    request: JsonRequest, given: object, *, own: bool, permission: Permission | None = None
) -> None:
    listing_id = id_in(given)
    if listing_id is None:
        return
    found = await sight_of(request).listing(listing_id)
    caller: UUID | None = request.state.caller
    if found is None or not (
        found[0].seen_by(caller) or "support" in await _roles(request, caller)
    ):
        raise NoSuch(what="listing", id=str(listing_id))
    mine = found[0].host_id == caller or permission in found[0].permissions_of(caller)
    if own and not mine:
        raise NotYours(action="change this listing")
    request.state.version = found[1]


async def _sees_listing(request: JsonRequest) -> None:
    await _look_at_listing(request, request.path_params["listing_id"], own=False)


async def _owns_listing(request: JsonRequest) -> None:
    await _look_at_listing(request, request.path_params["listing_id"], own=True)


async def _names_listing(request: JsonRequest) -> None:
    document = await request.json()
    if isinstance(document, dict):
        await _look_at_listing(request, cast("Any", document).get("listing_id"), own=False)


async def _names_booking(request: JsonRequest) -> None:
    document = await request.json()
    given = cast("Any", document).get("booking_id") if isinstance(document, dict) else None
    if booking_id := id_in(given):
        found = await sight_of(request).booking(booking_id)
        if found is None or found[0].party(request.state.caller) is None:
            raise NoSuch(what="booking", id=str(booking_id))


async def _names_listings(request: JsonRequest) -> None:
    document = await request.json()
    if not isinstance(document, dict):
        return
    body = cast("dict[str, Any]", document)
    given = body.get("listings")
    own = body.get("scope", "host") != "platform"
    for listing_id in cast("list[Any]", given)[:MOST_NAMED] if isinstance(given, list) else ():
        await _look_at_listing(request, listing_id, own=own)


async def _owns_promotion(request: JsonRequest) -> None:
    promotion_id = id_in(request.path_params["promotion_id"])
    if promotion_id is None:
        return
    caller: UUID = request.state.caller
    found = await sight_of(request).promotion(promotion_id)
    roles = await sight_of(request).roles(caller)
    if found is None or not found[0].managed_by(caller, roles):
        raise NoSuch(what="promotion", id=str(promotion_id))


async def _names_quote(request: JsonRequest) -> None:
    document = await request.json()
    quote_id = id_in(cast("Any", document).get("quote_id")) if isinstance(document, dict) else None
    if quote_id and await sight_of(request).quote_guest(quote_id) != request.state.caller:
        raise NoSuch(what="quote", id=str(quote_id))


async def _hosts_listing(request: JsonRequest) -> None:
    listing_id = id_in(request.path_params["listing_id"])
    await _look_at_listing(request, request.path_params["listing_id"], own=False)
    found = await sight_of(request).listing(listing_id) if listing_id else None
    if found and not found[0].permissions_of(request.state.caller):
        raise NotYours(action="see who co-hosts this listing")


def looks_after(permission: Permission) -> Guard:
    """The caller hosts the listing, or co-hosts it with ``permission``."""

    async def check(request: JsonRequest) -> None:
        given = request.path_params["listing_id"]
        await _look_at_listing(request, given, own=True, permission=permission)

    return Guard(Stage.SUBJECT, check, (404, 403))


def takes_part(permission: Permission) -> Guard:
    """The caller is a side of the booking, or co-hosts it with ``permission``."""

    async def check(request: JsonRequest) -> None:
        if booking_id := id_in(request.path_params["booking_id"]):
            caller: UUID | None = request.state.caller
            found = await booking_for(sight_of(request), booking_id, caller, permission)
            request.state.version = found[1]

    return Guard(Stage.SUBJECT, check, (404, 403))


async def _sees_booking(request: JsonRequest) -> None:
    if booking_id := id_in(request.path_params["booking_id"]):
        _, version, _ = await acting_on(sight_of(request), booking_id, request.state.caller)
        request.state.version = version


async def _sees_inquiry(request: JsonRequest) -> None:
    if inquiry_id := id_in(request.path_params["inquiry_id"]):
        await inquiry_for(sight_of(request), inquiry_id, request.state.caller)


async def _roles(request: Request, caller: UUID | None) -> frozenset[Role]:
    return await sight_of(request).roles(caller) if caller else frozenset()


async def _owns_webhook(request: JsonRequest) -> None:
    if endpoint_id := id_in(request.path_params["endpoint_id"]):
        found = await webhook_for(sight_of(request), endpoint_id, request.state.caller)
        request.state.version = found[1]


async def _names_account(request: JsonRequest) -> None:
    account_id = id_in(request.path_params["account_id"])
    if account_id and await sight_of(request).account(account_id) is None:
        raise NoSuch(what="account", id=str(account_id))


async def _is_me(request: JsonRequest) -> None:
    found = await sight_of(request).account(request.state.caller)
    if found is not None:
        request.state.version = found[1]


async def _has_verified(request: JsonRequest) -> None:
    if not getattr(request.app.state, "verified_only", False):
        return
    found = await sight_of(request).account(request.state.caller)
    if found is not None:
        check_verified(found[0])


sees_listing = Guard(Stage.SUBJECT, _sees_listing, (404,))
owns_listing = Guard(Stage.SUBJECT, _owns_listing, (404, 403))
hosts_listing = Guard(Stage.SUBJECT, _hosts_listing, (404, 403))
names_listing = Guard(Stage.SUBJECT, _names_listing, (404,))
names_booking = Guard(Stage.SUBJECT, _names_booking, (404,))
names_listings = Guard(Stage.SUBJECT, _names_listings, (404, 403))
owns_promotion = Guard(Stage.SUBJECT, _owns_promotion, (404,))
names_quote = Guard(Stage.SUBJECT, _names_quote, (404,))
has_verified = Guard(Stage.SUBJECT, _has_verified, (403,))
sees_booking = Guard(Stage.SUBJECT, _sees_booking, (404, 403))
"""The caller takes part in the booking with its bookings, or is support."""

sees_inquiry = Guard(Stage.SUBJECT, _sees_inquiry, (404,))
owns_webhook = Guard(Stage.SUBJECT, _owns_webhook, (404,))
names_account = Guard(Stage.SUBJECT, _names_account, (404,))
is_me = Guard(Stage.SUBJECT, _is_me, ())
"""The request is about the caller's own account."""
