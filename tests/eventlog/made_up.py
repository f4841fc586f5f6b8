"""Events of any type as Hypothesis makes them up: of the right shape, and otherwise arbitrary.

Ids come from a few, so that events of a history are often about the same; money is in one currency,
which a booking's always is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from hypothesis import strategies as st

from domain.buffers import Buffers
from domain.money import LARGEST_AMOUNT, Money
from domain.slot import Slot
from domain.stay import Stay

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
SEK = "SEK"


def _moment(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def _day(number: int) -> date:
    return NOON.date() + timedelta(days=number)


def _stay(first: int, length: int) -> Stay:
    arrive = NOON.date() + timedelta(days=first)
    return Stay(arrive, arrive + timedelta(days=length))


def _slot(first: int, minutes: int) -> Slot:
    return Slot(_moment(first), _moment(first + minutes))


_INSTANTS = st.builds(_moment, st.integers(-(10**6), 10**6))
_SMALL = st.integers(0, 1_000)
_ZONES = st.sampled_from(["Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "UTC"])

_PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    UUID: st.builds(UUID, int=st.integers(1, 4)),
    datetime: _INSTANTS,
    date: st.builds(_day, st.integers(-1_000, 1_000)),
    time: st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    int: st.integers(-(2**53), 2**53),
    float: st.floats(-90, 90),
    str: st.text(max_size=20),
    bool: st.booleans(),
    NoneType: st.none(),
    Money: st.builds(Money, st.integers(0, LARGEST_AMOUNT // 2**20), st.just(SEK)),
    Stay: st.builds(_stay, st.integers(-400, 800), st.integers(1, 60)),
    Slot: st.builds(_slot, st.integers(-(10**5), 10**5), st.integers(1, 5_000)),
    Buffers: st.builds(Buffers, before=_SMALL, after=_SMALL),
}


def some(of: Any) -> st.SearchStrategy[Any]:
    """Any value of the annotated type ``of``."""
    if of in _PLAIN:
        return _PLAIN[of]
    origin, arguments = get_origin(of), get_args(of)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, UnionType):
        return st.one_of([some(each) for each in arguments])
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(some(arguments[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(some(each) for each in arguments))
    if origin is frozenset:
        return st.frozensets(some(arguments[0]), max_size=3)
    if origin in (dict, Mapping):
        return st.dictionaries(some(arguments[0]), some(arguments[1]), max_size=3)
    return st.deferred(lambda: made(of))


def made(of: type[Any]) -> st.SearchStrategy[Any]:
    """Any instance of the dataclass ``of``."""
    hints = get_type_hints(of)
    named = {"time_zone": _ZONES}
    drawn = {
        field.name: named[field.name] if field.name in named else some(hints[field.name])
        for field in fields(of)
    }
    return st.builds(of, **drawn)
