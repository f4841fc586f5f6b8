"""One room's steps, in order, as keyed commands: whatever is repeated happens once."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec

from commands.cancel_booking import CancelBooking, cancel_booking
from commands.check_in_guest import CheckInGuest, check_in_guest
from commands.complete_booking import CompleteBooking, complete_booking
from commands.context import Context
from commands.create_listing import CreateListing, create_listing
from commands.execute import Asked, Outcome
from commands.grant_role import GrantRole, grant_role
from commands.import_booking import ImportBooking, import_booking
from commands.mark_no_show import MarkNoShow, mark_no_show
from commands.publish_listing import PublishListing, publish_listing
from commands.receipts import KeyReused, ReceiptRequest, StoredResponse
from commands.register_account import RegisterAccount, register_account
from commands.set_default_rules import SetDefaultRules, set_default_rules
from commands.versioned import Versioned
from domain.refusals import Refusal
from sojourn.hotels.plan import RULES, Room, Step, host_id
from sojourn.hotels.rows import Ending, HotelBooking, RefusedRow, id_of

KEY = "import:hotels:"
PROCESS = "import"
SUPPORT = id_of("support")
"""Who acts for the platform, and whose keys they are: nobody signs in with this account."""

EARLY = "Recorded as a no-show before the day of arrival."

Command = Asked[Any, Any]
Done = Mapping[str, bytes]
"""The fingerprint of each command that has its receipt already, by key."""


AT_ONCE = 50
"""How many steps of a room are decided before they are stored."""


class Carrying(Protocol):
    """See :class:`commands.together.Together`."""

    def execute(self, asked: Sequence[Command]) -> list[Outcome[Any]]:
        """Carry out the first of ``asked``, and as many after it as go together with it."""
        ...


@dataclass
class Tally:
    """What became of some rows: how many ended how, and those that were refused."""

    ended: Counter[Ending] = field(default_factory=Counter[Ending])
    already_there: int = 0
    refused: list[RefusedRow] = field(default_factory=list[RefusedRow])

    def add(self, other: Tally) -> None:
        """Count what another counted."""
        self.ended += other.ended
        self.already_there += other.already_there
        self.refused += other.refused


@dataclass
class Asking:
    """Carries out commands that are not ``done`` yet; raises Unavailable when the log is."""

    commands: Carrying
    done: Done

    def open_hotels(self, hotels: set[str]) -> None:
        """Register the hosts, with the rules of their listings, and who acts for the platform."""
        told = msgspec.json.encode(RULES)
        for hotel in sorted(hotels):
            host = RegisterAccount(account_id=host_id(hotel), name=hotel)
            self._once(f"host:{hotel}", b"host", register_account, host)
            rules = SetDefaultRules(account_id=host_id(hotel), expected=1, rules=RULES)
            self._once(f"host:{hotel}:rules", told, set_default_rules, rules, actor=host_id(hotel))
        support = RegisterAccount(account_id=SUPPORT, name="Support of the hotel import")
        self._once("support", b"support", register_account, support)
        role = GrantRole(account_id=SUPPORT, role="support")
        self._once("support:role", b"support", grant_role, role)

    def open_room(self, room: Room) -> None:
        """Create the listing, and publish it when it has a price."""
        key, told = f"room:{room.hotel}:{room.type}", msgspec.json.encode(room.offer)
        create = CreateListing(listing_id=room.id, host_id=room.host_id, offer=room.offer)
        self._once(f"{key}:create", told, create_listing, create, actor=room.host_id)
        if room.offer.price is not None:
            publish = PublishListing(listing_id=room.id)
            self._once(f"{key}:publish", told, publish_listing, publish, actor=room.host_id)

    def live_through(self, room: Room, advance: Callable[[int], object]) -> Tally:
        """Take the steps of ``room``; what follows a refused one of the same booking is left out.

        ``advance`` is told how many steps are through, each time it is more.
        """
        tally = Tally()
        steps = deque(room.steps)
        while steps:
            before = len(steps)
            first = steps[0]
            try:
                taken = self._take(room, steps)
            except (Refusal, KeyReused) as refusal:
                tally.refused.append(_refused(first.booking, refusal))
                steps = deque(step for step in steps if step.booking is not first.booking)
            else:
                for new in taken:
                    step = steps.popleft()
                    tally.ended[step.booking.ending] += step.is_last
                    tally.already_there += step.is_last and not new
            advance(before - len(steps))
        return tally

    def _take(self, room: Room, steps: deque[Step]) -> list[bool]:
        """Take the first of ``steps``, and as many as go together: whether each is new."""
        asked: list[Command] = []
        for step in steps:
            key = f"{KEY}booking:{step.booking.number}:{step.action}"
            if asked and (key in self.done or len(asked) == AT_ONCE):
                break
            message = _step(room, step)
            if self._is_done(message.context):
                return [False]
            asked.append(message)
        return [not outcome.replayed for outcome in self.commands.execute(asked)]

    def _once(
        self,
        key: str,
        told: bytes,
        handle: Callable[..., Versioned[Any]],
        message: object,
        *,
        actor: UUID | None = None,
    ) -> None:
        """Carry out ``message`` unless ``key`` was used for it."""
        asked = _asked(key, told, handle, message, actor=actor)
        if not self._is_done(asked.context):
            self.commands.execute([asked])

    def _is_done(self, context: Context) -> bool:
        assert context.receipt is not None, "every command of the import has a key"
        known = self.done.get(context.receipt.key)
        if known is not None and known != context.receipt.fingerprint:
            raise KeyReused
        return known is not None


def _step(room: Room, step: Step) -> Command:
    booking = step.booking
    sides = {"guest": booking.id("guest"), "host": room.host_id, "platform": SUPPORT}
    handle, message = _command(room, step)
    actor = None if step.action == "book" else sides[step.by]
    key, told = f"booking:{booking.number}:{step.action}", booking.fingerprint
    return _asked(key, told, handle, message, actor=actor, at=step.at)


def _asked(
    key: str,
    told: bytes,
    handle: Callable[..., Versioned[Any]],
    message: object,
    *,
    actor: UUID | None,
    at: datetime | None = None,
) -> Command:
    name = KEY + key
    fingerprint = hashlib.sha256(name.encode() + b"\0" + told).digest()
    context = Context(
        actor=actor,
        process=PROCESS,
        correlation_id="import:hotels",
        receipt=ReceiptRequest(account_id=SUPPORT, key=name, fingerprint=fingerprint),
        at=at,
    )
    return Asked(handle, message, context, _answer)


def _command(room: Room, step: Step) -> tuple[Callable[..., Versioned[Any]], object]:
    booking = step.booking
    booking_id = booking.id()
    match step.action:
        case "book":
            return import_booking, _booking(room, booking)
        case "check-in":
            return check_in_guest, CheckInGuest(booking_id=booking_id)
        case "complete":
            return complete_booking, CompleteBooking(booking_id=booking_id)
        case "cancel":
            return cancel_booking, CancelBooking(
                booking_id=booking_id, refund_id=booking.id("refund")
            )
        case "no-show":
            reason = EARLY if step.by == "platform" else None
            return mark_no_show, MarkNoShow(booking_id=booking_id, reason=reason)


def _booking(room: Room, booking: HotelBooking) -> ImportBooking:
    return ImportBooking(
        booking_id=booking.id(),
        listing_id=room.id,
        guest_id=booking.id("guest"),
        guest_name=f"Guest {booking.number}",
        quote_id=booking.id("quote"),
        payment_id=booking.id("payment"),
        stay=booking.stay,
        guests=booking.guests,
        paid=booking.paid,
        policy=booking.policy,
        imported=booking.imported,
    )


def _answer(result: Versioned[Any]) -> StoredResponse:
    body = msgspec.json.encode({"id": result.state.id, "version": result.version})
    return StoredResponse(status=201, body=body, headers={})


def _refused(booking: HotelBooking, refusal: Exception) -> RefusedRow:
    reason = str(refusal)
    if isinstance(refusal, KeyReused):
        reason = "it was imported before and said something else then"
    return RefusedRow(str(booking.number), booking.room, booking.ending, reason)
