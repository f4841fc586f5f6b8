"""What is sealed opens for its person, place and time alone."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from domain.account.facts import AccountRegistered, RoleGranted
from domain.account.state import evolve
from domain.booking.facts import BookingDeclined
from domain.personal import ERASED
from eventlog.append import Receipt
from eventlog.personal import keys as personal_keys
from eventlog.personal.answers import opened_answer, sealed_answer
from eventlog.personal.keys import Erased, PersonalKeys
from eventlog.personal.master import MasterKeyFile, MasterKeyMissing, name_of, unwrap, wrap
from eventlog.personal.pool import KeysUnavailable
from eventlog.personal.sealing import MARK, Sealing
from tests.keyring import Masters, Shelf, sealing

ADA, BO = UUID(int=0xADA), UUID(int=0xB0)
STREAM = f"account-{ADA}"
JOINED = AccountRegistered(account_id=ADA, name="Ada Åberg", email="ada@example.org")


def test_a_name_is_sealed_and_opens_again() -> None:
    seals = sealing(Shelf())
    stored = seals.sealed(JOINED, STREAM, None)
    assert isinstance(stored, AccountRegistered)
    assert stored.name.startswith(MARK)
    assert "Ada" not in str(stored)
    assert seals.readable(stored, STREAM) == JOINED
    assert seals.readable(evolve(None, stored), STREAM) == evolve(None, JOINED)


def test_the_same_text_is_never_sealed_to_the_same_twice() -> None:
    seals = sealing(Shelf())
    assert seals.seal("Ada", ADA, STREAM, "name") != seals.seal("Ada", ADA, STREAM, "name")


def test_a_fact_without_personal_text_is_as_it_was() -> None:
    shelf = Shelf()
    granted = RoleGranted(role="host")
    assert sealing(shelf).sealed(granted, STREAM, ADA) is granted
    declined = BookingDeclined(reason=None)
    assert sealing(shelf).sealed(declined, "booking-x", ADA) is declined
    assert shelf.asked == 0, "nobody's key is needed"


def test_a_reason_is_of_who_typed_it_and_nobodys_when_a_process_gives_it() -> None:
    seals, said = sealing(Shelf()), BookingDeclined(reason="Renovation")
    assert seals.sealed(said, "booking-x", None) == said
    stored = seals.sealed(said, "booking-x", BO)
    assert isinstance(stored, BookingDeclined)
    assert stored.reason
    assert base64.b64decode(stored.reason.removeprefix(MARK))[:16] == BO.bytes


@pytest.mark.parametrize(
    ("stream", "field"), [("account-else", "name"), (STREAM, "email")], ids=["stream", "field"]
)
def test_sealed_text_that_was_moved_elsewhere_says_nothing(stream: str, field: str) -> None:
    seals = sealing(Shelf())
    moved = replace(JOINED, **{field: seals.seal("Ada", ADA, STREAM, "name")})
    assert getattr(seals.readable(moved, stream), field) == ERASED


def test_sealed_text_under_anothers_id_says_nothing() -> None:
    seals = sealing(Shelf())
    seals.keys.to_write(BO)
    sealed = base64.b64decode(seals.seal("Ada", ADA, STREAM, "name").removeprefix(MARK))
    forged = MARK + base64.b64encode(BO.bytes + sealed[16:]).decode()
    assert seals.readable(replace(JOINED, name=forged), STREAM).name == ERASED


def test_text_that_only_looks_sealed_is_text() -> None:
    seals = sealing(Shelf())
    for text in (MARK, f"{MARK}no base64!", f"{MARK}c2hvcnQ="):
        assert seals.readable(replace(JOINED, name=text), STREAM).name == text
        stored = seals.sealed(replace(JOINED, name=text), STREAM, None)
        assert seals.readable(stored, STREAM).name == text


def test_who_is_erased_is_read_and_written_no_more() -> None:
    seals = sealing(Shelf())
    stored = seals.sealed(JOINED, STREAM, None)
    seals.keys.erase(ADA)
    seen = seals.readable(stored, STREAM)
    assert isinstance(seen, AccountRegistered)
    assert (seen.name, seen.email) == (ERASED, ERASED)
    with pytest.raises(Erased):
        seals.seal("Ada again", ADA, STREAM, "name")


def test_another_process_reads_on_for_as_long_as_it_remembers_and_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr(personal_keys, "monotonic", lambda: now)
    shelf = Shelf()
    here, there = sealing(shelf), sealing(shelf)
    stored = here.sealed(JOINED, STREAM, None)
    assert there.readable(stored, STREAM) == JOINED
    here.keys.erase(ADA)
    now += 0.999
    assert there.readable(stored, STREAM) == JOINED
    now += 0.001
    assert there.readable(stored, STREAM) != JOINED
    with pytest.raises(Erased):
        there.seal("late", ADA, STREAM, "name")


def test_a_key_is_asked_for_once_a_second_however_often_it_is_used() -> None:
    shelf = Shelf()
    seals = sealing(shelf, remembered=60.0)
    for _ in range(50):
        stored = seals.sealed(JOINED, STREAM, None)
        seals.readable(stored, STREAM)
    assert shelf.asked == 2, "once to find none, and once what became of the one that was made"


def test_an_answer_is_sealed_whole() -> None:
    seals = sealing(Shelf())
    told = Receipt(account_id=BO, key="k", fingerprint=b"f", status=201,
                   headers={"ETag": '"1.ab"'}, body=b'{"name": "Ada"}\n')  # fmt: skip
    stored = sealed_answer(told, ADA, seals)
    assert stored.headers == {}
    assert b"Ada" not in stored.body
    assert opened_answer(stored, seals) == told
    assert opened_answer(told, seals) == told, "as they were kept before"
    seals.keys.erase(ADA)
    with pytest.raises(Erased):
        opened_answer(stored, seals)


def test_a_file_of_master_keys_wraps_with_the_first_and_opens_with_each(tmp_path: Path) -> None:
    old, new = b"o" * 32, b"n" * 32
    file = tmp_path / "master-key"
    masters = MasterKeyFile(file)
    with pytest.raises(MasterKeyMissing):
        masters.read()
    file.write_bytes(base64.b64encode(old))
    wrapped = wrap(b"k" * 32, ADA, masters)
    file.write_bytes(base64.b64encode(new) + b"\n" + base64.b64encode(old) + b"\n")
    assert unwrap(wrapped, ADA, masters) == b"k" * 32
    assert wrap(b"k" * 32, ADA, masters).master == name_of(new)
    file.write_bytes(base64.b64encode(new))
    with pytest.raises(MasterKeyMissing):
        unwrap(wrapped, ADA, masters)
    file.write_text("not a key")
    with pytest.raises(MasterKeyMissing):
        masters.read()


def test_a_wrapped_key_is_its_persons_alone() -> None:
    with pytest.raises(MasterKeyMissing):
        unwrap(wrap(b"k" * 32, ADA, Masters()), BO, Masters())


def test_without_a_master_key_nothing_is_read_or_written_yet(tmp_path: Path) -> None:
    seals = Sealing(PersonalKeys(Shelf(), MasterKeyFile(tmp_path / "none")))
    with pytest.raises(KeysUnavailable):
        seals.sealed(JOINED, STREAM, None)
