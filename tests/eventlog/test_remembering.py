"""Keys are remembered for as long as the database says that nobody was erased, and no longer."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from eventlog.personal import keys as personal_keys
from eventlog.personal.keys import Erased, PersonalKeys
from eventlog.personal.pool import KeysUnavailable
from eventlog.personal.remembering import Memory, Remembered
from tests.keyring import Masters, Shelf

ADA, BO = UUID(int=0xADA), UUID(int=0xB0)
CIPHER = AESGCM(b"k" * 32)


class Silent(Shelf):
    """A store that may stop answering how many were erased."""

    silent = False

    def erasures(self) -> int:
        if self.silent:
            raise KeysUnavailable("silence")
        return super().erasures()


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal_keys, "ASKED_EVERY", 0.01)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def remembering(memory: Memory, erasures: int, people: tuple[UUID, ...] = (ADA,)) -> None:
    memory.keep((person, Remembered(CIPHER, erasures, until=1.0)) for person in people)


@pytest.mark.parametrize(
    ("now", "confirmed", "stands"),
    [
        (0.9, None, True),
        (1.0, None, False),
        (1.0, (7, 1.5), True),
        (1.5, (7, 1.5), False),
        (1.0, (8, 1.5), False),
        (1.0, (6, 1.5), False),
    ],
    ids=["just read", "a second ago", "confirmed", "then silence", "erased", "restored"],
)
def test_a_key_stands_while_the_number_of_erasures_is_the_same(
    *, now: float, confirmed: tuple[int, float] | None, stands: bool
) -> None:
    memory = Memory()
    remembering(memory, 7)
    if confirmed:
        memory.confirm(*confirmed)
    assert (memory.find(ADA, now) is not None) == stands


def test_what_another_number_was_read_at_does_not_come_back_when_the_number_does() -> None:
    memory = Memory()
    remembering(memory, 7)
    memory.confirm(6, until=2.0)
    memory.confirm(7, until=3.0)
    assert memory.find(ADA, 1.5) is None


def test_one_answer_stands_for_everybody_for_longer_than_a_key_alone() -> None:
    shelf = Shelf()
    keys = PersonalKeys(shelf, Masters(), remembered=0.2)
    people = [UUID(int=number) for number in range(1, 50)]
    for person in people:
        keys.to_write(person)
    asked = shelf.asked
    deadline = time.monotonic() + 0.5
    while time.monotonic() < deadline:
        assert keys.remembers(people)
        time.sleep(0.01)
    assert shelf.asked == asked
    keys.close()


def test_an_erasure_elsewhere_is_known_before_a_remembered_key_ends() -> None:
    shelf = Shelf()
    here = PersonalKeys(shelf, Masters(), remembered=60.0)
    there = PersonalKeys(shelf, Masters())
    here.to_write(ADA)
    here.to_write(BO)
    until(lambda: here.remembers([ADA, BO]))
    there.erase(ADA)
    # What was just read stands by its own time; here that is a minute, and yet it goes.
    until(lambda: not here.remembers([ADA]))
    with pytest.raises(Erased):
        here.to_write(ADA)
    here.to_write(BO)
    here.close()


def test_who_hears_nothing_remembers_nothing() -> None:
    shelf = Silent()
    keys = PersonalKeys(shelf, Masters(), remembered=0.2)
    keys.to_write(ADA)
    asked = shelf.asked
    shelf.silent = True
    until(lambda: not keys.remembers([ADA]))
    shelf.silent = False
    keys.to_write(ADA)
    assert shelf.asked == asked + 1
    keys.close()


def test_a_process_that_uses_no_keys_asks_no_more_and_begins_again_when_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(personal_keys, "KEPT_IDLE", 0.3)
    shelf = Shelf()
    keys = PersonalKeys(shelf, Masters(), remembered=0.2)
    keys.to_write(ADA)
    looks = 0

    def counted() -> int:
        nonlocal looks
        looks += 1
        return 0

    monkeypatch.setattr(shelf, "erasures", counted)
    until(lambda: looks > 0)
    time.sleep(0.4)
    before = looks
    time.sleep(0.1)
    assert looks == before
    keys.to_write(ADA)
    until(lambda: looks > before)
    keys.close()
