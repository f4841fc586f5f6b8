"""Each process of ours is given the credentials it needs, and no other."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from sojourn.app_processes import APPS, DEMO, IMPORT, MIGRATE, App, program_of, variables_for
from stack.addresses import Addresses

ADDRESSES = Addresses(
    "postgresql://sojourn:pw@127.0.0.1:5/booking",
    "127.0.0.1:1",
    "redis://127.0.0.1:2/0",
    "http://127.0.0.1:3",
)
PORTS = {"gateway": 8000, "commands": 8001, "queries": 8002}
EVERY = {app.name: app for app in (*APPS, MIGRATE, IMPORT, DEMO)}


def variables(home: Path) -> dict[str, str]:
    return variables_for(ADDRESSES, home, PORTS, {})


def given_to(app: App, home: Path) -> set[str]:
    return set(program_of(app, variables(home), home, None).env)


@pytest.mark.parametrize("name", sorted(EVERY))
def test_only_the_migration_may_own_the_schema(tmp_path: Path, name: str) -> None:
    assert ("SOJOURN_POSTGRES_URL" in given_to(EVERY[name], tmp_path)) == (name == "migrate")


@pytest.mark.parametrize("name", ["queries", "gateway", "pages", "search", "feed"])
def test_the_read_side_can_neither_append_nor_sign(tmp_path: Path, name: str) -> None:
    given = given_to(EVERY[name], tmp_path)
    assert not given & {"SOJOURN_POSTGRES_COMMANDS_URL", "SOJOURN_SIGNING_KEY_FILE"}


def test_the_reactors_can_append_and_sign_webhooks_but_no_tokens(tmp_path: Path) -> None:
    given = given_to(EVERY["reactors"], tmp_path)
    assert {"SOJOURN_POSTGRES_COMMANDS_URL", "SOJOURN_SECRET_KEY_FILE"} <= given
    assert "SOJOURN_SIGNING_KEY_FILE" not in given


def test_the_gateway_knows_no_secret_at_all(tmp_path: Path) -> None:
    given = given_to(EVERY["gateway"], tmp_path)
    assert not [name for name in given if "POSTGRES" in name or name.endswith("_FILE")]
    assert {"SOJOURN_COMMANDS_UPSTREAM", "SOJOURN_QUERIES_UPSTREAM"} <= given


@pytest.mark.parametrize("name", sorted(EVERY))
def test_only_who_writes_letters_can_send_them(tmp_path: Path, name: str) -> None:
    password = {"SOJOURN_SMTP_PASSWORD_FILE": "/mine"}
    given = program_of(EVERY[name], {**variables(tmp_path), **password}, tmp_path, None).env
    assert ("SOJOURN_SMTP_PASSWORD_FILE" in given) == (name in {"commands", "webhooks"})


def test_each_role_signs_in_as_itself_to_the_same_database(tmp_path: Path) -> None:
    made = variables(tmp_path)
    for role in ("commands", "queries"):
        url = made[f"SOJOURN_POSTGRES_{role.upper()}_URL"]
        assert url.startswith(f"postgresql://booking_{role}:")
        assert url.endswith("@127.0.0.1:5/booking")
        assert ":pw@" not in url


def test_keys_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    made = variables(tmp_path)
    for name in ("SOJOURN_SIGNING_KEY_FILE", "SOJOURN_VERIFY_KEY_FILE", "SOJOURN_SECRET_KEY_FILE"):
        path = Path(made[name])
        assert len(base64.b64decode(path.read_text(encoding="ascii"))) == 32
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        before = path.read_bytes()
        variables(tmp_path)
        assert path.read_bytes() == before


def test_what_the_environment_sets_is_kept(tmp_path: Path) -> None:
    own = {"SOJOURN_SECRET_KEY_FILE": "/mine", "SOJOURN_POSTGRES_QUERIES_URL": "postgresql://mine"}
    made = variables_for(ADDRESSES, tmp_path, PORTS, own)
    assert {name: made[name] for name in own} == own


@pytest.mark.parametrize("name", ["relay", "pages", "search", "timers", "gateway"])
def test_what_carries_sealed_text_has_no_key_to_it(tmp_path: Path, name: str) -> None:
    given = given_to(EVERY[name], tmp_path)
    assert not [known for known in given if "KEYS" in known or "MASTER" in known]


def test_the_queries_can_read_personal_keys_and_not_erase_them(tmp_path: Path) -> None:
    given = given_to(EVERY["queries"], tmp_path)
    assert {"SOJOURN_POSTGRES_KEYS_QUERIES_URL", "SOJOURN_MASTER_KEY_FILE"} <= given
    assert "SOJOURN_POSTGRES_KEYS_URL" not in given
