from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from domain.calendar.facts import HoldConfirmed
from eventlog import names
from eventlog.codec import Undecodable, decode, encode
from eventlog.names import NAMES, TYPES

GOLDEN = Path(__file__).parent / "golden"
EARLIER = GOLDEN / "earlier"
"""As events were written before they had the field that the file's name ends in."""
REVERSED = (
    (GOLDEN / "calendar.range_blocked.v1.json")
    .read_bytes()
    .replace(b'"depart":"2027-06-11"', b'"depart":"2027-06-10"')
)


@pytest.mark.parametrize("name", sorted(NAMES.values()))
def test_bytes_written_long_ago_still_mean_the_same(name: str) -> None:
    stored = (GOLDEN / f"{name}.json").read_bytes()
    event = decode(name, stored)
    assert NAMES[type(event)] == name
    assert encode(event) == (name, stored)


@pytest.mark.parametrize("file", sorted(path.name for path in EARLIER.iterdir()))
def test_bytes_written_before_a_field_came_still_mean_something(file: str) -> None:
    name, came_later = file.removesuffix(".json").rsplit(".", 1)
    event = decode(name, (EARLIER / file).read_bytes())
    assert type(event) is {**TYPES, **names.EARLIER}[name]
    [added] = [field for field in fields(event) if field.name == came_later]
    assert getattr(event, came_later) == added.default


def test_every_name_ends_in_its_version_and_belongs_to_one_event() -> None:
    assert len(set(NAMES.values())) == len(NAMES)
    assert all(name.rpartition(".v")[2].isdigit() for name in NAMES.values())


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("calendar.hold_confirmed.v9", b"{}"),
        ("", b"{}"),
        ("calendar.hold_confirmed.v1", b""),
        ("calendar.hold_confirmed.v1", b"\xff\xfe"),
        ("calendar.hold_confirmed.v1", b"{}"),
        ("calendar.hold_confirmed.v1", b'{"claim_id": 7}'),
        ("calendar.hold_confirmed.v1", b'{"claim_id": "not-an-id"}'),
        ("calendar.range_blocked.v1", REVERSED),
    ],
    ids=["unknown name", "no name", "nothing", "not text", "a field missing", "a wrong type",
         "a wrong value",
         "dates reversed"],
)  # fmt: skip
def test_what_is_not_an_event_is_said_to_be_none(name: str, data: bytes) -> None:
    with pytest.raises(Undecodable):
        decode(name, data)


def test_the_name_never_comes_from_the_class_path() -> None:
    assert NAMES[HoldConfirmed] == "calendar.hold_confirmed.v1"
