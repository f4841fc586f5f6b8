"""Headers in and out: identity, versions, positions, lists, correlation, origins and limits."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openapi_spec_validator import validate

from api.conventions.bearer import TokenIssuer
from api.positions import decode_positions, encode_positions, merge_positions
from tests.api.workbench import (
    ADMIN,
    CURSORS,
    GUEST,
    LISTING,
    NOBODY,
    ORIGIN,
    bearer,
    client_of,
    problem,
    workbench,
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


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 200),
        ('"7"', 200),
        ('"other"', 200),
        ("*", 304),
        ("7", 400),
        ('"7', 400),
        ("", 400),
        ('"a" "b"', 400),
        ('"a",,"b"', 200),
    ],
)
async def test_if_none_match_compares_the_whole_tag(
    client: httpx.AsyncClient, header: str | None, status: int
) -> None:
    headers = {} if header is None else {"If-None-Match": header}
    answer = await client.get(f"/v1/listings/{LISTING}", headers=headers)
    assert answer.status_code == status
    etag = (await client.get(f"/v1/listings/{LISTING}")).headers["etag"]
    for same in (etag, f"W/{etag}", f'"x", {etag}'):
        again = await client.get(f"/v1/listings/{LISTING}", headers={"If-None-Match": same})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ('"7"', 200),
        ('"7.ab12"', 200),
        ('W/"7"', 200),
        ('W/"7.ab12"', 200),
        ('"6", "7"', 200),
        ('"6"', 412),
        ('"77"', 412),
        ('"x"', 412),
        ("*", 428),
        (None, 428),
        ("7", 400),
        ("W/7", 400),
    ],
)
async def test_if_match_compares_the_version_alone(
    client: httpx.AsyncClient, header: str | None, status: int
) -> None:
    from tests.api.workbench import HOST  # noqa: PLC0415 - only this test changes something

    headers = {**bearer(HOST), **({} if header is None else {"If-Match": header})}
    answer = await client.patch(f"/v1/listings/{LISTING}", json={"title": "x"}, headers=headers)
    assert answer.status_code == status


def test_position_tokens_come_back_as_they_went() -> None:
    positions = {0: 1, 3: 2**63 - 1, 11: 77}
    assert decode_positions(encode_positions(positions)) == positions
    assert decode_positions(encode_positions({})) == {}
    assert merge_positions([{1: 5, 2: 1}, {2: 9}]) == {1: 5, 2: 9}


@pytest.mark.parametrize(
    "token", ["", "x", "!!", "AAAA", "MTowLjE", "MTo5OS4xOw", "MToxLjk5OTk5OTk5OTk5OTk5OTk5OTk7"]
)
async def test_a_position_that_cannot_be_read_is_400(client: httpx.AsyncClient, token: str) -> None:
    answer = await client.get(f"/v1/listings/{LISTING}", headers={"Min-Position": token})
    assert problem(answer) == (400, "bad_position")


async def test_a_read_waits_for_what_it_must_see_or_says_not_yet(
    client: httpx.AsyncClient,
) -> None:
    plain = await client.get(f"/v1/listings/{LISTING}")
    assert decode_positions(plain.headers["sojourn-position"]) == {3: 100}
    both = f"{encode_positions({3: 90})}, {encode_positions({3: 100})}"
    seen = await client.get(f"/v1/listings/{LISTING}", headers={"Min-Position": both})
    assert seen.headers["cache-control"] == "no-store"
    late = {"Min-Position": encode_positions({3: 101})}
    answer = await client.get(f"/v1/listings/{LISTING}", headers=late)
    assert problem(answer) == (503, "not_yet")
    assert answer.headers["retry-after"] == "1"


async def test_a_list_goes_on_where_its_cursor_says(client: httpx.AsyncClient) -> None:
    first = await client.get("/v1/things?limit=7&filter=a%26b")
    assert first.headers["link"].startswith("</v1/things?limit=7&filter=a%26b&cursor=")
    assert first.headers["link"].endswith('>; rel="next"')
    following = await client.get(first.headers["link"][1:].partition(">")[0])
    assert following.text == "7"


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "", "1.5", "1e1", "%00"])
async def test_a_limit_is_never_clamped(client: httpx.AsyncClient, limit: str) -> None:
    answer = await client.get(f"/v1/things?limit={limit}")
    assert problem(answer) == (422, "invalid")
    assert answer.json()["errors"][0]["field"] == "limit"


async def test_a_cursor_that_was_not_given_out_is_422(client: httpx.AsyncClient) -> None:
    good = CURSORS.write("things", 5)
    tampered = ("A" if good[0] != "A" else "B") + good[1:]
    for cursor in ("x", "", "%00", "é", tampered, CURSORS.write("others", 5), good[:-2]):
        answer = await client.get("/v1/things", params={"cursor": cursor})
        assert problem(answer) == (422, "invalid"), cursor


async def test_a_request_has_an_id_and_a_trace(client: httpx.AsyncClient) -> None:
    given = await client.get("/v1/things", headers={"X-Request-ID": "a.B_c-1"})
    assert given.headers["x-request-id"] == "a.B_c-1"
    assert "traceparent" not in given.headers
    for wrong in ("", "a b", "x" * 129, "a\x01"):
        replaced = await client.get("/v1/things", headers={"X-Request-ID": wrong})
        assert replaced.headers["x-request-id"] not in {wrong, ""}
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    traced = await client.get("/v1/things", headers={"traceparent": trace})
    assert traced.headers["traceparent"] == trace
    for wrong in (f"00-{'0' * 32}-{'b' * 16}-01", "x", f"ff-{'a' * 32}-{'b' * 16}-01"):
        untraced = await client.get("/v1/things", headers={"traceparent": wrong})
        assert "traceparent" not in untraced.headers


async def test_only_known_origins_may_read(client: httpx.AsyncClient) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}
    told = await client.options("/v1/listings", headers=asked)
    assert told.status_code == 204
    assert told.headers["access-control-allow-origin"] == ORIGIN
    allowed = told.headers["access-control-allow-headers"].split(", ")
    assert {"Authorization", "Idempotency-Key", "If-Match", "Min-Position"} <= set(allowed)
    stranger = await client.options(
        "/v1/listings", headers={**asked, "Origin": "https://x.example"}
    )
    assert "access-control-allow-origin" not in stranger.headers
    answer = await client.get("/v1/nothing", headers={"Origin": ORIGIN})
    assert "Sojourn-Position" in answer.headers["access-control-expose-headers"]
    assert answer.headers["vary"] == "Accept-Encoding, Origin, Authorization, Min-Position"
    silent = await client.get("/v1/nothing", headers={"Origin": "https://x.example"})
    assert "access-control-allow-origin" not in silent.headers


async def test_head_is_get_without_a_body(client: httpx.AsyncClient) -> None:
    got = await client.get(f"/v1/listings/{LISTING}")
    head = await client.head(f"/v1/listings/{LISTING}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == got.headers["etag"]
    assert head.headers["content-length"] == got.headers["content-length"]


async def test_the_app_tells_its_health_its_numbers_and_its_docs(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.get("/health/live")).json() == {"status": "ok"}
    assert (await client.get("/health/ready")).json()["checks"] == {"something": "ok"}
    await client.get(f"/v1/listings/{NOBODY}")
    numbers = (await client.get("/metrics")).text
    assert 'route="/v1/listings/{listing_id}"' in numbers
    page = await client.get("/docs")
    assert "https://" not in page.text.replace("https://sojourn", "")


async def test_the_document_is_valid_openapi_and_names_every_error(
    client: httpx.AsyncClient,
) -> None:
    document = (await client.get("/openapi.json")).json()
    validate(document)
    change = document["paths"]["/v1/listings/{listing_id}"]["patch"]
    assert {"401", "403", "404", "412", "422", "428", "default"} <= change["responses"].keys()
    assert change["security"] == [{"bearer": []}]
    assert "HTTPValidationError" not in json.dumps(document)


async def test_one_address_may_join_so_often_a_minute() -> None:
    async with client_of(workbench()) as client:
        admitted = [await client.post("/v1/accounts", json={}) for _ in range(240)]
        assert {answer.status_code for answer in admitted} == {404}
        assert admitted[-1].headers["ratelimit"].startswith('"sign-ups";r=0;t=')
        refused = await client.post("/v1/accounts", json={})
        assert problem(refused) == (429, "too_many_requests")
        assert int(refused.headers["retry-after"]) <= 60
        assert refused.headers["ratelimit-policy"] == '"sign-ups";q=240;w=60'
        forwarded = {"X-Forwarded-For": "203.0.113.9"}
        other = await client.post("/v1/accounts", json={}, headers=forwarded)
        assert other.status_code == 404
