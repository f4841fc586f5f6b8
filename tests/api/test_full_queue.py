"""When too many commands wait already, the next is told when to come again, and nothing happens."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest

from api.commands_app import create_commands_app
from eventlog import committer
from tests.api.workbench import client_of, problem
from tests.eventlog.conftest import Database, database
from tests.keyring import sealing

__all__ = ["database"]

pytestmark = pytest.mark.servers


async def test_a_command_too_many_is_503_with_when_to_retry(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_commands_app(
        postgres_url=database.commands_url,
        signing_seed=b"s" * 32,
        secret=b"x" * 32,
        sealing=sealing(),
        exports_url=database.commands_url,
    )
    joining = {"email": "a@example.com", "password": "a long password", "name": "A"}
    headers = {"Idempotency-Key": str(uuid4())}
    async with app.router.lifespan_context(app), client_of(app) as client:
        with monkeypatch.context() as full:
            full.setattr(committer, "MAX_WAITING", 0)
            refused = await client.post("/v1/accounts", json=joining, headers=headers)
        assert problem(refused) == (503, "unavailable")
        assert refused.headers["retry-after"].isdecimal()
        with psycopg.connect(database.owner_url) as owner:
            assert owner.execute("SELECT count(*) FROM stored_events").fetchone() == (0,)
        again = await client.post("/v1/accounts", json=joining, headers=headers)
        assert again.status_code == 201
