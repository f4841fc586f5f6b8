"""Writes what is taken here as an iCalendar file; who takes it is nobody else's business."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from domain.calendar.state import Calendar, Claim

MEDIA_TYPE = "text/calendar; charset=utf-8"
SUMMARIES = {"block": "Blocked"}


def write_calendar(listing_id: UUID, calendar: Calendar, now: datetime) -> bytes:
    """The claims that stand at ``now``, those that were imported from elsewhere left out."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Sojourn//Sojourn//EN"]
    for claim in sorted(calendar.live(now), key=lambda claim: (claim.extent.start, str(claim.id))):
        if claim.kind != "imported":
            lines += _event(listing_id, claim, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{line}\r\n" for line in lines).encode()


def is_echo(listing_id: UUID, uid: str) -> bool:
    """Whether ``uid`` is one that the calendar of this listing was exported with."""
    return uid.endswith(_domain(listing_id))


def _event(listing_id: UUID, claim: Claim, now: datetime) -> Iterator[str]:
    for unit in claim.units:
        yield "BEGIN:VEVENT"
        yield f"UID:{claim.id}-{unit}{_domain(listing_id)}"
        yield f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}"
        if claim.slot:
            yield f"DTSTART:{claim.slot.starts_at:%Y%m%dT%H%M%SZ}"
            yield f"DTEND:{claim.slot.ends_at:%Y%m%dT%H%M%SZ}"
        else:
            yield f"DTSTART;VALUE=DATE:{_written(claim.stay.arrive)}"
            yield f"DTEND;VALUE=DATE:{_written(claim.stay.depart)}"
        yield f"SUMMARY:{SUMMARIES.get(claim.kind, 'Reserved')}"
        yield "END:VEVENT"


def _domain(listing_id: UUID) -> str:
    return f"@{listing_id}.sojourn"


def _written(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"
