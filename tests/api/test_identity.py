"""Who asks, and under which key: access tokens and Idempotency-Key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.conventions.bearer import TokenIssuer
from tests.api.workbench import (
    ADMIN,
    GUEST,
    LISTING,
    bearer,
    problem,
)

KEY = Ed25519PrivateKey.from_private_bytes(b"s" * 32)


def signed(key: Any = KEY, algorithm: str = "EdDSA", **changes: Any) -> str:
    now = datetime.now(UTC)
    claims = {
        "sub": str(GUEST),
        "iat": now,
        "exp": now + timedelta(minutes=5),
        "jti": uuid4().hex,
        "iss": "sojourn",
        "aud": "sojourn",
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "Bearer not.a.token",
        "Bearer \xff\xfe",
        f"Bearer {signed(exp=datetime.now(UTC) - timedelta(minutes=1))}",
        f"Bearer {signed(iss='somebody')}",
        f"Bearer {signed(aud='somebody')}",
        f"Bearer {signed(sub='admin')}",
        f"Bearer {signed(sub=None)}",
        f"Bearer {signed(exp=None)}",
        f"Bearer {signed(jti=None)}",
        f"Bearer {signed(key=Ed25519PrivateKey.generate())}",
        f"Bearer {signed(key='s' * 32, algorithm='HS256')}",
        "Bearer " + jwt.encode({"sub": str(GUEST)}, "", algorithm="none"),
    ],
)
async def test_a_token_that_is_given_must_be_valid_even_where_none_is_asked_for(
    client: httpx.AsyncClient, authorization: str
) -> None:
    headers = {b"Authorization": authorization.encode("latin-1")}
    answer = await client.get(f"/v1/listings/{LISTING}", headers=headers)
    assert problem(answer) == (401, "invalid_token")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_a_role_is_read_fresh_and_never_from_the_token(client: httpx.AsyncClient) -> None:
    claimed = {"Authorization": f"Bearer {signed(roles=['auditor'])}"}
    assert problem(await client.get("/v1/audit/events", headers=claimed)) == (403, "not_yours")
    assert (await client.get("/v1/audit/events", headers=bearer(ADMIN))).status_code == 200


def test_an_access_token_lasts_ten_minutes_and_says_only_who() -> None:
    claims = jwt.decode(TokenIssuer(b"s" * 32).issue(GUEST), options={"verify_signature": False})
    assert claims.keys() == {"sub", "iat", "exp", "jti", "iss", "aud"}
    assert claims["exp"] - claims["iat"] == 600


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (None, (400, "idempotency_key_required")),
        ("", (400, "bad_idempotency_key")),
        ("a b", (400, "bad_idempotency_key")),
        ("k" * 256, (400, "bad_idempotency_key")),
        ("caf\xe9", (400, "bad_idempotency_key")),
        ('"open', (400, "bad_idempotency_key")),
        ('""', (400, "bad_idempotency_key")),
        ('"' + "k" * 256 + '"', (400, "bad_idempotency_key")),
        ("k", (409, "nights_taken")),
        ("k" * 255, (409, "nights_taken")),
        ('"' + "k" * 255 + '"', (409, "nights_taken")),
        ('"8e03978e-40d5"', (409, "nights_taken")),
        ("a,b;c", (409, "nights_taken")),
    ],
)
async def test_a_key_is_1_to_255_visible_characters(
    client: httpx.AsyncClient, key: str | None, expected: tuple[int, str]
) -> None:
    headers: dict[str, Any] = dict(bearer(GUEST))
    if key is not None:
        headers["Idempotency-Key"] = key.encode("latin-1")
    answer = await client.post("/v1/bookings", json={"title": "x"}, headers=headers)
    assert problem(answer) == expected
