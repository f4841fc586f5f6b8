"""A master key is replaced in use, and a restored backup brings nobody back."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest

from commands.context import Context
from commands.erase_account import EraseAccount, erase_account
from commands.register_account import RegisterAccount, register_account
from domain.account.state import evolve
from domain.streams import account_stream
from eventlog.personal.sealing import Sealing
from sojourn.migrate import keys_owner
from sojourn.wiring import commands, event_log, sealing
from tests.platforms import Platform
from tests.processes import sojourn

pytestmark = pytest.mark.servers


@pytest.fixture
def seals(platform: Platform) -> Iterator[Sealing]:
    opened = sealing(platform.settings)
    yield opened
    opened.close()


def people(platform: Platform, count: int) -> list[UUID]:
    joined = [uuid4() for _ in range(count)]
    with commands(platform.settings) as ready:
        for number, person in enumerate(joined):
            message = RegisterAccount(account_id=person, name=f"Person {number}")
            ready.execute(register_account, message, Context(process="t", correlation_id="t"))
    return joined


def name(platform: Platform, person: UUID) -> str:
    """As a process that has just started reads it."""
    with event_log(platform.settings, sealed=True) as log:
        loaded = log.load(account_stream(person), evolve)
        assert loaded is not None
        return log.sealing.readable(loaded.state, account_stream(person)).name


def add_master(platform: Platform, *, keep: bool = True) -> None:
    file = platform.settings.master_key_file
    assert file is not None
    before = file.read_text().splitlines() if keep else []
    fresh = base64.b64encode(os.urandom(32)).decode()
    file.write_text("\n".join([fresh, *before]) + "\n")


def test_a_new_master_key_wraps_all_while_processes_go_on(platform: Platform) -> None:
    joined = people(platform, 3)
    add_master(platform)
    [later] = people(platform, 1)
    assert [name(platform, person) for person in joined] == ["Person 0", "Person 1", "Person 2"]
    status = sojourn(platform, "personal-keys", "status").stdout
    assert "(line 1): wraps 1 keys" in status
    assert "(line 2): wraps 3 keys" in status
    rotated = sojourn(platform, "personal-keys", "rotate")
    assert rotated.returncode == 0, rotated.stderr
    assert "(line 1): wraps 4 keys" in rotated.stdout
    assert "(line 2): wraps 0 keys" in rotated.stdout
    file = platform.settings.master_key_file
    assert file is not None
    file.write_text(file.read_text().splitlines()[0])
    assert name(platform, joined[2]) == "Person 2"
    assert name(platform, later) == "Person 0"
    again = sojourn(platform, "personal-keys", "rotate")
    assert again.stdout.startswith("0 keys are wrapped")


def test_a_rotation_without_the_old_key_changes_nothing(platform: Platform) -> None:
    people(platform, 1)
    add_master(platform, keep=False)
    rotated = sojourn(platform, "personal-keys", "rotate")
    assert rotated.returncode == 1
    assert "keep it in the file" in rotated.stderr


def test_who_came_back_with_a_backup_is_forgotten_again(platform: Platform) -> None:
    [person] = people(platform, 1)
    with psycopg.connect(keys_owner(platform.settings), autocommit=True) as keys:
        [backup] = keys.execute("SELECT wrapped, master FROM personal_keys").fetchall()
        with commands(platform.settings) as ready:
            context = Context(actor=person, correlation_id="t")
            ready.execute(erase_account, EraseAccount(account_id=person), context)
        first = sojourn(platform, "personal-keys", "forget")
        assert first.stdout.strip() == "1 people are erased", first.stderr
        restored = "UPDATE personal_keys SET wrapped = %s, master = %s, erased_at = NULL"
        keys.execute(restored, backup)
        assert sojourn(platform, "personal-keys", "forget").returncode == 0
        left = keys.execute("SELECT wrapped, erased_at IS NOT NULL FROM personal_keys").fetchall()
    assert left == [(None, True)]


def test_only_who_may_make_keys_can_change_them(platform: Platform) -> None:
    people(platform, 1)
    url = platform.settings.need("postgres_keys_queries_url")
    with psycopg.connect(url, autocommit=True) as reader:
        assert len(reader.execute("SELECT * FROM personal_keys").fetchall()) == 1
        for statement in ("DELETE FROM personal_keys", "UPDATE personal_keys SET master = 'x'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(statement)
    with psycopg.connect(platform.settings.need("postgres_keys_url"), autocommit=True) as maker:
        for statement in ("DELETE FROM personal_keys", "TRUNCATE personal_keys"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                maker.execute(statement)
