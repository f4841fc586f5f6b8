"""Golden bytes of what is personal: sealed with test keys, beside what was written readable."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from uuid import UUID

import pytest

from eventlog.codec import decode, encode
from eventlog.names import EARLIER, NAMES
from eventlog.personal.marks import personal_fields
from eventlog.personal.sealing import MARK
from tests.keyring import foreseen

GOLDEN = Path(__file__).parent / "golden"
ACTOR = UUID("01940000-0000-7000-8000-0000000000aa")
SUBJECT = "01940000-0000-7000-8000-0000000000bb"

FIRST = sorted(name for name in EARLIER if name.endswith(".v1"))


def stream_of(name: str) -> str:
    return f"{name.partition('.')[0]}-{SUBJECT}"


@pytest.mark.parametrize("name", FIRST)
def test_readable_bytes_of_a_first_version_are_read_as_its_second(name: str) -> None:
    stored = (GOLDEN / f"{name}.json").read_bytes()
    event = decode(name, stored)
    assert NAMES[type(event)] == name.replace(".v1", ".v2")
    texts = [getattr(event, field) for field, _ in personal_fields(type(event))]
    assert all(text is None or not text.startswith(MARK) for text in texts)


@pytest.mark.parametrize("name", FIRST)
def test_sealing_it_makes_the_golden_bytes_of_the_second(name: str) -> None:
    readable = decode(name, (GOLDEN / f"{name}.json").read_bytes())
    sealed = foreseen().sealed(readable, stream_of(name), ACTOR)
    second, data = encode(sealed)
    assert data == (GOLDEN / f"{second}.json").read_bytes()
    for field, _ in personal_fields(type(readable)):
        if text := getattr(readable, field):
            assert text.encode() not in data


@pytest.mark.parametrize("name", FIRST)
def test_the_second_opens_to_what_the_first_said(name: str) -> None:
    readable = decode(name, (GOLDEN / f"{name}.json").read_bytes())
    second = NAMES[type(readable)]
    stored = decode(second, (GOLDEN / f"{second}.json").read_bytes())
    assert foreseen().readable(stored, stream_of(name)) == readable


def test_every_fact_with_personal_text_says_whose_it_is() -> None:
    for fact in NAMES:
        known = {field.name for field in fields(fact)} | {"actor", "subject"}
        assert {of for _, of in personal_fields(fact)} <= known, fact


def test_every_fact_with_personal_text_is_named_apart_from_when_it_was_readable() -> None:
    sealed = {NAMES[fact] for fact in NAMES if personal_fields(fact)}
    assert {name.replace(".v2", ".v1") for name in sealed} <= set(EARLIER)
