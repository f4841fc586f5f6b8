"""A packed calendar is the calendar: unpacking gives back what was packed, whatever it holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.buffers import NO_BUFFERS, Buffers
from domain.calendar.claim import Claim
from domain.calendar.facts import ImportConflict
from domain.calendar.state import Calendar, ExternalCalendar
from domain.slot import Slot
from domain.stay import Stay
from projections.calendar.packed import pack, unpack
from tests.domain.facts import NOW, nights


def moment(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def stay(first: int, length: int) -> Stay:
    day = NOW.date() + timedelta(days=first)
    return Stay(day, day + timedelta(days=length))


def slot(start: int, minutes: int) -> Slot:
    return Slot(moment(start), moment(start + minutes))


moments = st.builds(moment, st.integers(-(10**7), 10**7))
stays = st.builds(stay, st.integers(-9_000, 90_000), st.integers(1, 400))
slots = st.builds(slot, st.integers(-(10**7), 10**7), st.integers(1, 3_000))
guests = st.one_of(
    st.just(NO_BUFFERS), st.builds(Buffers, before=st.integers(0, 9), after=st.integers(1, 9))
)


def claims(claim_id: UUID, *, ours: bool) -> st.SearchStrategy[Claim]:
    common = {"id": st.just(claim_id), "stay": stays, "slot": st.none() | slots}
    common |= {"units": st.lists(st.integers(0, 400), min_size=1).map(tuple)}
    booking = st.just(claim_id) if ours else st.uuids()
    return st.one_of(
        st.builds(Claim, **common, kind=st.just("block"), buffers=st.none(), reason=st.text()),
        st.builds(
            Claim,
            **common,
            kind=st.sampled_from(["hold", "booking"]),
            until=st.none() | moments,
            booking_id=booking,
            buffers=guests,
        ),
        st.builds(
            Claim,
            **common,
            kind=st.just("offer"),
            until=moments,
            guest_id=st.uuids(),
            buffers=guests,
        ),
        st.builds(
            Claim,
            **common,
            kind=st.just("imported"),
            external_calendar=st.text(),
            uid=st.text(),
            buffers=guests,
        ),
    )


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    made = [
        draw(claims(UUID(int=number), ours=draw(st.booleans())))
        for number in range(draw(st.integers(0, 5)))
    ]
    return Calendar(claims={claim.id: claim for claim in made})


@given(calendars())
@settings(max_examples=200)
def test_unpacking_gives_back_what_was_packed(calendar: Calendar) -> None:
    unpacked = unpack(pack(calendar))
    assert unpacked == calendar
    alike = [claim.buffers is NO_BUFFERS for claim in unpacked.claims.values()]
    assert alike == [claim.buffers == NO_BUFFERS for claim in unpacked.claims.values()]


def test_imported_calendars_and_the_horizon_are_kept() -> None:
    conflict = ImportConflict(uid="one", stay=nights(1, 3), bookings=(UUID(int=1),))
    known = ExternalCalendar(imported_at=NOW, ranges=2, conflicts=(conflict,))
    calendar = Calendar(external={"b": known, "a": known}, past_until=NOW.date())
    assert unpack(pack(calendar)) == calendar


@given(calendars())
def test_equal_calendars_are_equal_bytes(calendar: Calendar) -> None:
    turned = Calendar(claims=dict(reversed(calendar.claims.items())))
    assert pack(turned) == pack(calendar)


def test_a_booking_takes_few_bytes() -> None:
    made = [
        Claim(
            id=UUID(int=each << 64),
            kind="booking",
            stay=nights(1, 4),
            units=(each % 200,),
            booking_id=UUID(int=each << 64),
        )
        for each in range(1_000)
    ]
    assert len(pack(Calendar(claims={claim.id: claim for claim in made}))) < 35_000
