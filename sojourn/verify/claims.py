"""Invariant 2: no two live claims on a unit collide, in the log, its table and the read models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from psycopg import Connection

from domain.calendar.facts import (
    ClaimMoved,
    ExternalCalendarImported,
    NightsHeld,
    OfferHeld,
    RangeBlocked,
)
from domain.calendar.state import Calendar, Claim, evolve
from domain.recorded import Recorded
from domain.streams import category
from eventlog.claims import RowTimes, row_times
from sojourn.verify.findings import Findings

Row = tuple[UUID, int, RowTimes, datetime | None]
"""Claim, unit, times and end: what the table and the log must agree on."""

ROWS = (
    "SELECT listing_id::text, claim_id, unit, lower(during), upper(during), lower(and_before),"
    " upper(and_after), expires_at FROM claims WHERE listing_id::text = ANY(%s)"
)
WITHOUT_CALENDAR = (
    "SELECT claim_id, listing_id FROM claims WHERE NOT EXISTS (SELECT 1 FROM stored_events"
    " WHERE originator_id = 'calendar-' || listing_id::text) LIMIT 20"
)


def check_claims(
    connection: Connection[Any], keys: Sequence[str], events: Iterable[Recorded], into: Findings
) -> None:
    """Fold the calendars of ``keys`` from ``events`` and compare them with the claims table."""
    calendars: dict[str, Calendar] = {}
    for recorded in events:
        if category(recorded.stream) == "calendar":
            before = calendars.get(recorded.key, Calendar())
            _check_claim(recorded, before, into)
            calendars[recorded.key] = evolve(before, recorded.event)  # type: ignore[arg-type] - of a calendar stream
    into.count("calendars", len(calendars))
    stored = _stored(connection, keys)
    for key in calendars.keys() | stored.keys():
        expected = set(_rows(calendars.get(key, Calendar())))
        _compare(key, expected, stored.get(key, set()), into)


def check_strays(connection: Connection[Any], into: Findings) -> None:
    """Find claims of calendars that the log does not have."""
    for claim_id, listing_id in connection.execute(WITHOUT_CALENDAR).fetchall():
        into.found(f"claim {claim_id} on listing {listing_id} is in the table and not in the log")


def check_live(claims: Iterable[Claim], now: datetime, where: str, into: Findings) -> None:
    """No two of ``claims`` that live at ``now`` collide on a unit."""
    by_unit: dict[int, list[Claim]] = {}
    for claim in claims:
        if claim.live_at(now):
            for unit in claim.units:
                by_unit.setdefault(unit, []).append(claim)
    for unit, taken in by_unit.items():
        taken.sort(key=lambda claim: claim.extent.start)
        for one, other in pairwise(taken):
            if one.extent.collides(other.extent):
                into.found(f"{where}: claims {one.id} and {other.id} overlap on unit {unit}")


def _check_claim(recorded: Recorded, before: Calendar, into: Findings) -> None:
    """A claim must not overlap those that lived when it was decided."""
    event = recorded.event
    if not isinstance(
        event, NightsHeld | OfferHeld | RangeBlocked | ExternalCalendarImported | ClaimMoved
    ):
        return
    after = evolve(before, event)
    made = [claim for claim in after.all_claims() if claim is not before.claim(claim.id)]
    into.count("claims", len(made))
    for claim in made:
        for other in after.live(recorded.occurred_at):
            if other is claim or not set(other.units) & set(claim.units):
                continue
            if other.extent.collides(claim.extent):
                into.found(
                    f"position {recorded.position}: claim {claim.id} on listing {recorded.key}"
                    f" overlaps the live claim {other.id}"
                )


def _rows(calendar: Calendar) -> Iterable[Row]:
    for claim in calendar.all_claims():
        for unit in claim.units:
            yield claim.id, unit, row_times(claim.extent), claim.until


def _stored(connection: Connection[Any], keys: Sequence[str]) -> dict[str, set[Row]]:
    found: dict[str, set[Row]] = {}
    for listing, claim_id, unit, *times, until in connection.execute(ROWS, [list(keys)]):
        end = until.astimezone(UTC) if until else None
        found.setdefault(listing, set()).add((claim_id, unit, tuple(times), end))
    return found


def _compare(key: str, expected: set[Row], stored: set[Row], into: Findings) -> None:
    for row in sorted(stored - expected, key=str):
        into.found(f"{_told(key, row)} is in the table and not so in the log")
    for row in sorted(expected - stored, key=str):
        into.found(f"{_told(key, row)} is in the log and not so in the table")


def _told(key: str, row: Row) -> str:
    claim_id, unit, (start, end, *_), _ = row
    return f"claim {claim_id} on unit {unit} of listing {key}, {start} to {end},"
