"""Nights that a client names by ``from`` and ``to``."""

from __future__ import annotations

from datetime import date

from api.conventions.problems import FieldError, Invalid, invalid
from domain.stay import Stay


def nights_between(first: date, end: date, *, most: int) -> Stay:
    """The nights from ``first`` up to ``end``; 422 when there are none or more than ``most``."""
    if end <= first:
        message = f"must be after {first}"
        raise Invalid(
            [FieldError(field="to", code="dates_reversed", message=message)], "dates_reversed"
        )
    stay = Stay(first, end)
    if stay.length > most:
        raise invalid("to", "too_large", f"must be at most {most} nights after from")
    return stay
