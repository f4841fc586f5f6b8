"""With a server down the apps start, say that they are not ready, and answer 503, never 500."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from api.commands_app import create_commands_app
from api.queries_app import create_queries_app
from stack.ports import any_free
from tests.api.workbench import ISSUER, LISTING, bearer, client_of, problem
from tests.keyring import sealing

SECRET = b"x" * 32

COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("/v1/accounts/verification", {}),
    ("/v1/promotions", {"code": "SUMMER", "share": 1_000}),
    ("/v1/accounts", {"email": "a@example.com", "password": "12345678", "name": "A"}),
    ("/v1/listings", {"kind": "stay", "title": "T", "time_zone": "UTC"}),
    (f"/v1/listings/{LISTING}/publish", {}),
    ("/v1/quotes", {"listing_id": str(LISTING)}),
    ("/v1/bookings", {"quote_id": str(uuid4())}),
]

QUERIES = [
    f"/v1/listings/{LISTING}",
    f"/v1/listings/{LISTING}/calendar?from=2027-01-01&to=2027-01-03",
    "/v1/listings?q=loft",
    "/v1/suggest?q=loft",
    "/v1/me/trips",
]


async def test_commands_without_postgres_are_503() -> None:
    nowhere = f"postgresql://nobody:x@127.0.0.1:{any_free()}/none"
    app = create_commands_app(
        postgres_url=nowhere,
        signing_seed=b"s" * 32,
        secret=SECRET,
        sealing=sealing(),
        exports_url="postgresql://nobody@127.0.0.1:9/none",
    )
    headers = {**bearer(LISTING), "Idempotency-Key": "k"}
    form = {"grant_type": "password", "username": "a@example.com", "password": "x"}
    async with app.router.lifespan_context(app), client_of(app) as client:
        answers = await asyncio.gather(
            *(client.post(path, json=body, headers=headers) for path, body in COMMANDS),
            client.post("/v1/token", data=form),
        )
        assert [problem(answer) for answer in answers] == [(503, "unavailable")] * len(answers)
        assert all(answer.headers["retry-after"].isdecimal() for answer in answers)
        assert problem(await client.get("/health/ready")) == (503, "not_ready")
        assert (await client.get("/health/live")).status_code == 200


async def test_queries_without_their_servers_are_503() -> None:
    app = create_queries_app(
        redis_url=f"redis://127.0.0.1:{any_free()}/0",
        elasticsearch_url=f"http://127.0.0.1:{any_free()}",
        postgres_url=f"postgresql://nobody:x@127.0.0.1:{any_free()}/none",
        verify_key=ISSUER.public_key,
        secret=SECRET,
        sealing=sealing(),
        exports_url="postgresql://nobody@127.0.0.1:9/none",
    )
    async with app.router.lifespan_context(app), client_of(app) as client:
        answers = await asyncio.gather(
            *(client.get(path, headers=bearer(LISTING)) for path in QUERIES)
        )
        assert [problem(answer) for answer in answers] == [(503, "unavailable")] * len(answers)
        assert all(answer.headers["retry-after"].isdecimal() for answer in answers)
        not_ready = await client.get("/health/ready")
        assert problem(not_ready) == (503, "not_ready")
        assert "redis" in not_ready.json()["detail"]
