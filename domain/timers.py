"""Which timers an event sets and clears: a pure table, so that anybody can fold them from the log.

A timer is a kind and the id of what it is about. It carries no command: it only says when somebody
must look, and whoever looks decides afresh on the log and on Postgres's now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal, assert_never, cast
from uuid import UUID

from domain.booking.facts import (
    BookingApproved,
    BookingCancelled,
    BookingChanged,
    BookingCompleted,
    BookingConfirmed,
    BookingDeclined,
    BookingExpired,
    BookingMarkedNoShow,
    BookingRequested,
)
from domain.booking.payment_facts import PayoutDue, PayoutScheduled
from domain.calendar.facts import (
    BlockLifted,
    ClaimMoved,
    ExternalCalendarImported,
    HoldLapsed,
    HoldReleased,
)
from domain.events import Event
from domain.listing.facts import CapacitySet, ListingPublished, TermsSet
from domain.local_time import instant
from domain.recorded import Recorded
from domain.review.facts import GuestReviewed, HostReviewed, ReviewsPublished
from domain.rules.facts import DatesChanged, RulesSet
from domain.streams import subject
from domain.waitlist.facts import (
    OfferLapsed,
    OfferTaken,
    WaitlistJoined,
    WaitlistLeft,
    WaitlistOffered,
)

Kind = Literal[
    "hold_expiry",
    "approval_deadline",
    "completion",
    "review_publication",
    "offer_expiry",
    "waitlist",
    "payout",
]

BACKDATED = timedelta(hours=1)
"""An event that was decided this long before it was recorded comes from an import, which lives
through its history by a clock of its own and ends by itself what it begins: it sets no timer."""


@dataclass(frozen=True, order=True)
class Timer:
    """What must be looked at, and why."""

    kind: Kind
    subject: UUID


@dataclass(frozen=True)
class Due:
    """When a timer is due; ``position`` and ``key`` are those of the event that said so."""

    at: datetime
    position: int
    key: str


@dataclass(frozen=True)
class SetTimer:
    """The timer is due then, whatever was said before."""

    due: Due


@dataclass(frozen=True)
class ClearTimer:
    """The timer is no more."""


@dataclass(frozen=True)
class WakeTimer:
    """The timer is due at once if there is one; nobody's timer stays nobody's."""

    due: Due


Change = SetTimer | ClearTimer | WakeTimer


def _stream_subject(recorded: Recorded) -> UUID:
    return subject(recorded.stream)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How one kind of timer follows the log.

    ``sets`` says of an event when the timer is due, None when this one sets none; ``wakes`` are
    events on which a timer that once was set is due at once; ``subject`` is the id it is about.
    """

    sets: Mapping[type[Event], Callable[[Any], datetime | None]]
    clears: frozenset[type[Event]] = field(default_factory=frozenset[type[Event]])
    wakes: frozenset[type[Event]] = field(default_factory=frozenset[type[Event]])
    subject: Callable[[Recorded], UUID] = _stream_subject


def _hold_ends(event: BookingRequested) -> datetime | None:
    return None if event.needs_approval else event.hold_expires_at


def _host_must_decide(event: BookingRequested) -> datetime | None:
    return event.hold_expires_at if event.needs_approval else None


def _guest_leaves(event: BookingRequested | BookingChanged) -> datetime:
    if event.slot:
        return event.slot.ends_at
    return instant(event.stay.depart, event.check_out, event.time_zone)


RULES: Final[Mapping[Kind, Rule]] = {
    "hold_expiry": Rule(
        sets={BookingRequested: _hold_ends, BookingApproved: lambda event: event.hold_expires_at},
        clears=frozenset({BookingConfirmed, BookingCancelled, BookingExpired}),
    ),
    "approval_deadline": Rule(
        sets={BookingRequested: _host_must_decide},
        clears=frozenset({BookingApproved, BookingDeclined, BookingCancelled, BookingExpired}),
    ),
    # Known from the request on, since only a change names other days. Expiry does not clear it: a
    # payment that comes late may yet make the booking stand.
    "completion": Rule(
        sets={BookingRequested: _guest_leaves, BookingChanged: _guest_leaves},
        clears=frozenset(
            {BookingDeclined, BookingCancelled, BookingMarkedNoShow, BookingCompleted}
        ),
    ),
    "review_publication": Rule(
        sets={
            GuestReviewed: lambda event: event.closes_at,
            HostReviewed: lambda event: event.closes_at,
        },
        clears=frozenset({ReviewsPublished}),
    ),
    "offer_expiry": Rule(
        sets={WaitlistOffered: lambda event: event.until},
        clears=frozenset({OfferTaken, OfferLapsed, WaitlistLeft}),
        subject=lambda recorded: cast("Any", recorded.event).entry_id,
    ),
    # Only where somebody once joined is there a timer to wake: elsewhere it costs nothing.
    "waitlist": Rule(
        sets={WaitlistJoined: lambda event: event.joined_at},
        wakes=frozenset(
            {
                HoldReleased,
                HoldLapsed,
                BlockLifted,
                ClaimMoved,
                ExternalCalendarImported,
                CapacitySet,
                TermsSet,
                RulesSet,
                DatesChanged,
                ListingPublished,
            }
        ),
    ),
    "payout": Rule(
        sets={PayoutScheduled: lambda event: event.due_at}, clears=frozenset({PayoutDue})
    ),
}
"""Every kind of timer. A new one is a name in :data:`Kind`, its rule here, and the use case that it
calls in ``streams/timers/use_cases.py``."""

_OF_EVENT: Final[dict[type[Event], list[tuple[Kind, Rule]]]] = {}
for _kind, _rule in RULES.items():
    for _event in {*_rule.sets, *_rule.clears, *_rule.wakes}:
        _OF_EVENT.setdefault(_event, []).append((_kind, _rule))


def changes(recorded: Recorded) -> dict[Timer, Change]:
    """What ``recorded`` does to timers; most events do nothing."""
    found: dict[Timer, Change] = {}
    event = recorded.event
    for kind, rule in _OF_EVENT.get(type(event), ()):
        timer = Timer(kind, rule.subject(recorded))
        if type(event) in rule.clears:
            found[timer] = ClearTimer()
        elif recorded.recorded_at - recorded.occurred_at >= BACKDATED:
            continue
        elif type(event) in rule.wakes:
            found[timer] = WakeTimer(Due(recorded.recorded_at, recorded.position, recorded.key))
        elif (at := rule.sets[type(event)](event)) is not None:
            found[timer] = SetTimer(Due(at, recorded.position, recorded.key))
    return found


def together(events: Iterable[Recorded]) -> dict[Timer, Change]:
    """What ``events``, in this order, do to timers: one change a timer, whatever was there before.

    Changing a table page by page is the same as event by event.
    """
    found: dict[Timer, Change] = {}
    for recorded in events:
        for timer, change in changes(recorded).items():
            found[timer] = _after(found.get(timer), change)
    return found


def change_all(timers: dict[Timer, Due], made: Mapping[Timer, Change]) -> None:
    """Make the changes ``made`` in ``timers``."""
    for timer, change in made.items():
        match change:
            case SetTimer():
                timers[timer] = change.due
            case ClearTimer():
                timers.pop(timer, None)
            case WakeTimer():
                if timer in timers:
                    timers[timer] = change.due
            case _:
                assert_never(change)


def fold(events: Iterable[Recorded]) -> dict[Timer, Due]:
    """The timers that ``events``, a log from its beginning, leave."""
    timers: dict[Timer, Due] = {}
    for recorded in events:
        change_all(timers, changes(recorded))
    return timers


def _after(earlier: Change | None, later: Change) -> Change:
    if isinstance(later, WakeTimer):
        if isinstance(earlier, SetTimer):
            return SetTimer(later.due)
        if isinstance(earlier, ClearTimer):
            return earlier
    return later
