"""On which side of a booking or an inquiry the caller is, as an app sees it: 404 and 403."""

from __future__ import annotations

from uuid import UUID

from api.conventions.sight import Sight
from domain.booking.facts import Party, Side
from domain.booking.state import Booking
from domain.conversation.state import Conversation
from domain.listing.facts import Permission
from domain.listing.state import KNOWING_OF_BOOKINGS
from domain.refusals import NoSuch, NotYours
from domain.webhook.state import Endpoint


async def booking_for(
    sight: Sight, booking_id: UUID, caller: UUID | None, permission: Permission
) -> tuple[Booking, int]:
    """The booking and its version, for its sides and co-hosts with ``permission``.

    Raises NoSuch, and NotYours for a co-host who may know of it but lacks the permission.
    """
    found = await sight.booking(booking_id)
    if found is None:
        raise NoSuch(what="booking", id=str(booking_id))
    if found[0].party(caller) is None:
        may = await permissions_in(sight, found[0].listing_id, caller)
        if not may & KNOWING_OF_BOOKINGS:
            raise NoSuch(what="booking", id=str(booking_id))
        if permission not in may:
            raise NotYours(action=f"do this: it takes the permission {permission}")
    return found


async def acting_on(
    sight: Sight, booking_id: UUID, caller: UUID | None
) -> tuple[Booking, int, Party]:
    """The booking, its version, and the side for which the caller may act on it.

    That is the platform for support, unless it takes part itself. Raises as :func:`booking_for`.
    """
    found = await sight.booking(booking_id)
    if found and caller and found[0].party(caller) is None:
        may = await permissions_in(sight, found[0].listing_id, caller)
        if "bookings" not in may and "support" in await sight.roles(caller):
            return *found, "platform"
    booking, version = await booking_for(sight, booking_id, caller, "bookings")
    assert caller is not None, "nobody takes part unnamed"
    return booking, version, booking.acts_as(caller)


async def webhook_for(sight: Sight, endpoint_id: UUID, caller: UUID | None) -> tuple[Endpoint, int]:
    """The caller's own webhook endpoint and its version; raises NoSuch."""
    found = await sight.webhook(endpoint_id)
    if found is None or found[0].owner_id != caller or found[0].status == "removed":
        raise NoSuch(what="webhook endpoint", id=str(endpoint_id))
    return found


async def inquiry_for(
    sight: Sight, inquiry_id: UUID, caller: UUID | None
) -> tuple[Conversation, Side]:
    """The inquiry's conversation and the caller's side of it.

    Raises NoSuch for anybody but who asked and who looks after the listing's messages.
    """
    found = await sight.conversation(inquiry_id)
    inquiry = found[0].inquiry if found else None
    if found is None or inquiry is None:
        raise NoSuch(what="inquiry", id=str(inquiry_id))
    if caller == inquiry.guest_id:
        return found[0], "guest"
    if "messages" not in await permissions_in(sight, inquiry.listing_id, caller):
        raise NoSuch(what="inquiry", id=str(inquiry_id))
    return found[0], "host"


async def permissions_in(
    sight: Sight, listing_id: UUID, caller: UUID | None
) -> frozenset[Permission]:
    """What the caller may do for the host of a listing; the host may do everything."""
    found = await sight.listing(listing_id)
    return found[0].permissions_of(caller) if found else frozenset[Permission]()
