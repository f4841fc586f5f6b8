"""Roles, demo sign-ins and audit queries from the command line."""

from __future__ import annotations

import json

import pytest

from tests.platforms import Platform
from tests.processes import sojourn

pytestmark = pytest.mark.servers


def test_demo_sign_ins_are_made_once_and_shown_every_time(shared_platform: Platform) -> None:
    first, second = (sojourn(shared_platform, "demo") for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    widths = {len(line) for line in first.stdout.splitlines()[1:]}
    assert len(widths) == 1
    assert "│  │" not in first.stdout, "no column is empty"
    for role in ("guest", "host", "auditor", "analyst", "admin"):
        assert f"{role}@example.com" in first.stdout
    assert len(events(shared_platform, "--type", "account.registered.v2")) == 5


def test_a_role_is_granted_and_withdrawn_by_address(shared_platform: Platform) -> None:
    sojourn(shared_platform, "demo")
    granted = sojourn(shared_platform, "accounts", "grant", "Guest@Example.com", "support")
    assert granted.stdout == "Guest@Example.com may now act as: guest, support\n", granted.stderr
    withdrawn = sojourn(shared_platform, "accounts", "withdraw", "guest@example.com", "support")
    assert withdrawn.stdout == "guest@example.com may now act as: guest\n"


def test_an_address_that_nobody_has_is_told(shared_platform: Platform) -> None:
    result = sojourn(shared_platform, "accounts", "grant", "nobody@example.com", "admin")
    assert result.returncode == 1
    assert result.stderr == (
        "error: nobody signs in with nobody@example.com: register the account first\n"
    )


def events(platform: Platform, *options: str) -> list[dict[str, object]]:
    """What `audit query` finds."""
    result = sojourn(platform, "audit", "query", *options)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_auditors_ask_by_every_column_and_page_by_position(shared_platform: Platform) -> None:
    sojourn(shared_platform, "demo")
    [first, second] = events(shared_platform, "--limit", "2")
    assert (first["position"], second["position"]) == (1, 2)
    assert set(first) >= {"stream", "version", "data", "hash", "causation_id"}
    assert events(shared_platform, "--after", "1", "--limit", "1") == [second]
    assert first in events(shared_platform, "--stream", str(first["stream"]))
    assert first in events(shared_platform, "--actor", "sojourn demo")
    assert first in events(shared_platform, "--correlation-id", "sojourn-demo")
    assert first in events(shared_platform, "--from", str(first["recorded_at"]))
    assert first not in events(shared_platform, "--to", str(first["recorded_at"]))


def test_a_table_has_a_line_an_event_and_says_where_the_next_page_begins(
    shared_platform: Platform,
) -> None:
    sojourn(shared_platform, "demo")
    result = sojourn(shared_platform, "audit", "query", "--table", "--limit", "2")
    assert result.stdout.count("account.registered.v2") == 2
    assert len(result.stdout.splitlines()) == 6
    assert result.stderr == "There is more: repeat it with --after 2\n"
