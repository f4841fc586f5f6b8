"""Why the rules of a listing refuse a stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from domain.refusals import Refusal


@dataclass(eq=False, kw_only=True)
class NoticeTooShort(Refusal):
    """The stay would begin sooner than the host can be ready."""

    code = "notice_too_short"
    says = (
        "Stays from {arrive} are booked at least {hours} hours ahead, by "
        "{book_by:%Y-%m-%dT%H:%M:%SZ}; choose a later arrival."
    )
    arrive: date
    hours: int
    book_by: datetime


@dataclass(eq=False, kw_only=True)
class ArrivalNotAllowed(Refusal):
    """Stays do not begin on that weekday."""

    code = "arrival_not_allowed"
    says = "Stays around {arrive} begin on {days} only; choose such a day."
    arrive: date
    days: tuple[str, ...]

    def __str__(self) -> str:
        return self.says.format(arrive=self.arrive, days=_either(self.days))


@dataclass(eq=False, kw_only=True)
class DepartureNotAllowed(Refusal):
    """Stays do not end on that weekday."""

    code = "departure_not_allowed"
    says = "Stays around {depart} end on {days} only; choose such a day."
    depart: date
    days: tuple[str, ...]

    def __str__(self) -> str:
        return self.says.format(depart=self.depart, days=_either(self.days))


@dataclass(eq=False, kw_only=True)
class DateClosed(Refusal):
    """The host takes nobody on at least one of the nights."""

    code = "date_closed"
    says = "The host has closed {named}. Choose other dates."
    nights: tuple[date, ...]

    def __str__(self) -> str:
        named = ", ".join(str(night) for night in self.nights[:3])
        more = f" and {len(self.nights) - 3} more" if len(self.nights) > 3 else ""
        return self.says.format(named=named + more)


def _either(days: tuple[str, ...]) -> str:
    *others, last = (day.capitalize() for day in days)
    return f"{', '.join(others)} or {last}" if others else last
