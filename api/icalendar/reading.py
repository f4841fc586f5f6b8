"""Reads the events of an iCalendar file, strictly: what is not understood is said, not skipped.

Of an event only UID, DTSTART, DTEND or DURATION, STATUS and TRANSP matter. Cancelled events and
those that leave their time free take nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.local_time import is_zone

MOST_EVENTS = 1_000
EARLIEST_YEAR, LATEST_YEAR = 1900, 9000

_LINE = re.compile(
    r"(?P<name>[A-Za-z0-9-]+)(?P<parameters>(?:;[^:\";]+=(?:\"[^\"]*\"|[^:\";]*))*):"
)
_PARAMETER = re.compile(r";([^=;:]+)=(?:\"([^\"]*)\"|([^:;\"]*))")
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(Z?)", re.ASCII)
_DURATION = re.compile(
    r"\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?",
    re.ASCII,
)


class Unreadable(ValueError):
    """The text is no calendar that can be taken; the message says why, and in which line."""


@dataclass(frozen=True)
class Event:
    """From a day or a time up to another; times without an offset are local."""

    uid: str
    starts: date | datetime
    ends: date | datetime


@dataclass
class _Property:
    line: int
    value: str
    parameters: dict[str, str] = field(default_factory=dict[str, str])


def read_events(text: str) -> list[Event]:
    """The events in ``text`` that take time, in their order; raises Unreadable."""
    found: list[Event] = []
    depth: list[str] = []
    own: dict[str, _Property] = {}
    for name, read in _properties(text):
        if name == "BEGIN":
            depth.append(read.value.upper())
            if depth == ["VCALENDAR", "VEVENT"]:
                own = {"BEGIN": read}
        elif name == "END":
            if not depth or depth.pop() != read.value.upper():
                raise Unreadable(f"line {read.line}: END:{read.value[:40]} ends nothing")
            if read.value.upper() == "VEVENT" and depth == ["VCALENDAR"]:
                found += _event(own)
        elif not depth:
            raise Unreadable(f"line {read.line}: a calendar begins with BEGIN:VCALENDAR")
        elif depth == ["VCALENDAR", "VEVENT"]:
            own[name] = read
        if len(found) > MOST_EVENTS:
            raise Unreadable(f"more than {MOST_EVENTS} events")
        if depth and depth[0] != "VCALENDAR":
            raise Unreadable(f"line {read.line}: a calendar begins with BEGIN:VCALENDAR")
    if depth or not text.strip():
        raise Unreadable("the calendar does not end with END:VCALENDAR")
    return found


def _properties(text: str) -> Iterator[tuple[str, _Property]]:
    """Each line by its name, after those that were folded are whole again."""
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if line[:1] in (" ", "\t") and lines:
            first, before = lines[-1]
            lines[-1] = (first, before + line[1:])
        elif line.strip():
            lines.append((number, line))
    for number, line in lines:
        matched = _LINE.match(line)
        if matched is None:
            raise Unreadable(f"line {number}: is not NAME:value")
        given = _PARAMETER.findall(matched["parameters"])
        parameters = {name.upper(): quoted or plain for name, quoted, plain in given}
        yield matched["name"].upper(), _Property(number, line[matched.end() :], parameters)


def _event(own: dict[str, _Property]) -> list[Event]:
    begun = own["BEGIN"].line
    for name in ("RRULE", "RDATE", "RECURRENCE-ID"):
        if name in own:
            raise Unreadable(f"line {own[name].line}: recurring events are not understood")
    if own.get("STATUS", own["BEGIN"]).value.upper() == "CANCELLED":
        return []
    if own.get("TRANSP", own["BEGIN"]).value.upper() == "TRANSPARENT":
        return []
    for name in ("UID", "DTSTART"):
        if name not in own:
            raise Unreadable(f"line {begun}: the event has no {name}")
    uid = own["UID"].value.strip()
    if not 1 <= len(uid) <= 500:
        raise Unreadable(f"line {own['UID'].line}: UID must have 1 to 500 characters")
    starts = _moment(own["DTSTART"])
    ends = _end(own, starts)
    if isinstance(starts, datetime) != isinstance(ends, datetime):
        raise Unreadable(f"line {begun}: DTSTART and DTEND must both be days, or both times")
    if isinstance(starts, datetime) and isinstance(ends, datetime):
        if (starts.tzinfo is None) != (ends.tzinfo is None):
            raise Unreadable(f"line {begun}: DTSTART and DTEND must both have a zone, or neither")
        if starts == ends:
            return []
    if ends <= starts:
        raise Unreadable(f"line {begun}: DTEND must be after DTSTART")
    return [Event(uid, starts, ends)]


def _end(own: dict[str, _Property], starts: date | datetime) -> date | datetime:
    if "DTEND" in own:
        return _moment(own["DTEND"])
    if "DURATION" not in own:
        return starts if isinstance(starts, datetime) else starts + timedelta(days=1)
    read = own["DURATION"]
    matched = _DURATION.fullmatch(read.value.strip())
    if matched is None or not any(matched.groups()):
        raise Unreadable(f"line {read.line}: DURATION can't be read")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in matched.groups())
    return starts + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _moment(read: _Property) -> date | datetime:
    text = read.value.strip()
    try:
        if matched := _DAY.fullmatch(text):
            moment: date | datetime = date(*(int(part) for part in matched.groups()))
        elif matched := _TIME.fullmatch(text):
            *parts, utc = matched.groups()
            year, month, day, hour, minute, second = (int(part) for part in parts)
            moment = datetime(
                year, month, day, hour, minute, min(second, 59), tzinfo=_zone(read, utc)
            )
        else:
            raise Unreadable(f"line {read.line}: {text[:40]!r} is neither a day nor a time")
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"line {read.line}: there is no such time as {text[:40]!r}") from None
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise Unreadable(f"line {read.line}: {text} is too far away")
    return moment


def _zone(read: _Property, utc: str) -> ZoneInfo | None:
    if utc:
        return ZoneInfo("UTC")
    name = read.parameters.get("TZID")
    if name is None:
        return None
    if not is_zone(name):
        raise Unreadable(f"line {read.line}: TZID {name[:60]!r} is not an IANA time zone")
    return ZoneInfo(name)
