"""Which conversation a message is about, and for which side the actor acts in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.booking.facts import Side
from domain.conversation.state import EMPTY, Conversation, Inquiry, evolve
from domain.refusals import NoSuch
from domain.streams import conversation_stream


@dataclass(frozen=True, kw_only=True)
class About:
    """A conversation, named by the booking or the inquiry that it is about."""

    kind: Literal["booking", "inquiry"]
    id: UUID


def taking_part(about: About, work: Work) -> tuple[Versioned[Conversation], Side, UUID]:
    """The conversation, the actor's side and the actor.

    Takes the permission for messages of a co-host. Raises NoSuch, and NotYours for a co-host
    without it who may know of the booking.
    """
    actor = work.context.actor
    assert actor is not None, "only people who are signed in converse"
    found = work.conversation(about.id)
    if about.kind == "inquiry":
        inquiry = found.state.inquiry if found else None
        if inquiry is None:
            raise NoSuch(what="inquiry", id=str(about.id))
        side, listing_id = _side_of(inquiry, work, actor), inquiry.listing_id
    else:
        booking = work.own_booking(about.id, "messages").state
        side, listing_id = work.side(booking), booking.listing_id
    return _keyed(found, conversation_stream(about.id), str(listing_id)), side, actor


def _side_of(inquiry: Inquiry, work: Work, actor: UUID) -> Side:
    if actor == inquiry.guest_id:
        return "guest"
    if "messages" in work.listing(inquiry.listing_id).state.permissions_of(actor):
        return "host"
    raise NoSuch(what="inquiry", id=str(inquiry.id))


def _keyed(found: Versioned[Conversation] | None, stream: str, key: str) -> Versioned[Conversation]:
    if found is None:
        return Versioned(EMPTY, 0, stream, key, evolve)
    return Versioned(found.state, found.version, stream, key, evolve)
