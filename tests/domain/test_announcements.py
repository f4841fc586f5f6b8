"""Outsiders are told of every event of a booking, or it was decided that they are not."""

from __future__ import annotations

import re
from typing import get_args

from domain.announcements import PUBLIC, PUBLIC_NAMES, UNTOLD, public_name
from domain.booking.facts import BookingConfirmed, BookingEvent, BookingImported
from domain.events import Event
from tests.domain.facts import BOOKING


def test_every_event_of_a_booking_is_told_or_left_out_on_purpose() -> None:
    assert PUBLIC.keys() | UNTOLD == set(get_args(BookingEvent))
    assert not PUBLIC.keys() & UNTOLD


def test_a_public_name_means_one_event() -> None:
    assert len(PUBLIC_NAMES) == len(PUBLIC)
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", name) for name in PUBLIC_NAMES)


def test_what_is_not_about_a_booking_has_no_public_name() -> None:
    assert public_name(BookingConfirmed(booking_id=BOOKING)) == "booking.confirmed"
    assert {public_name(kind) for kind in get_args(Event)} == {None}
    assert BookingImported in UNTOLD
