"""Every error is a problem document, and nothing inside leaks out."""

from __future__ import annotations

import httpx
import pytest

from tests.api.workbench import DRAFT, GUEST, HOST, LISTING, NOBODY, bearer, problem

MATCH = {"If-Match": '"7"'}


async def test_an_unknown_path_is_a_404_document(client: httpx.AsyncClient) -> None:
    assert problem(await client.get("/v1/nothing/here")) == (404, "unknown_path")


async def test_a_trailing_slash_is_another_path(client: httpx.AsyncClient) -> None:
    assert problem(await client.get("/v1/things/")) == (404, "unknown_path")


async def test_a_wrong_method_tells_all_that_the_path_takes(client: httpx.AsyncClient) -> None:
    answer = await client.delete(f"/v1/listings/{LISTING}")
    assert problem(answer) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, PATCH"


async def test_a_fault_of_ours_says_nothing_but_whom_to_ask(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/broken", headers={"X-Request-ID": "abc-1"})
    assert problem(answer) == (500, "internal_error")
    assert "secret" not in answer.text
    assert "abc-1" in answer.json()["detail"]
    assert answer.headers["x-request-id"] == "abc-1"


async def test_a_server_that_is_down_is_503_with_when_to_retry(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/broken?what=postgres")
    assert problem(answer) == (503, "unavailable")
    assert answer.headers["retry-after"].isdecimal()
    assert "hunter2" not in answer.text


async def test_a_refusal_has_its_code_and_its_values(client: httpx.AsyncClient) -> None:
    headers = {**bearer(GUEST), "Idempotency-Key": "k"}
    answer = await client.post("/v1/bookings", json={"title": "x"}, headers=headers)
    assert problem(answer) == (409, "nights_taken")
    assert answer.json()["values"]["listing_id"] == str(LISTING)


async def test_each_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    body = {"title": "", "units": "2", "colour": "red"}
    answer = await client.patch(
        f"/v1/listings/{LISTING}", json=body, headers={**bearer(HOST), **MATCH}
    )
    assert problem(answer) == (422, "invalid")
    assert answer.json()["title"] == "Unprocessable Content"
    told = {error["field"]: error["code"] for error in answer.json()["errors"]}
    assert told == {"title": "too_short", "units": "int_type", "colour": "unknown_field"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (400, "body_missing")),
        (b"{", (400, "unreadable_json")),
        (b"\xff\xfe{}", (400, "unreadable_json")),
        (b'{"title": NaN}', (400, "unreadable_json")),
        (b'{"title": ' + b"9" * 5000 + b"}", (400, "unreadable_json")),
        (b"[" * 100_000, (400, "unreadable_json")),
        (b"[]", (422, "invalid")),
        (b"null", (422, "invalid")),
        (b'"text"', (422, "invalid")),
        (b"{}", (422, "invalid")),
        (b'{"title": 1}', (422, "invalid")),
        (b'{"title": null}', (422, "invalid")),
        (b'{"title": "x", "units": true}', (422, "invalid")),
        (b'{"title": "x", "units": 1e999}', (422, "invalid")),
        (b'{"title": "a\\u0000b"}', (422, "invalid")),
        (b'{"title": "x", "a\\u0000": 1}', (422, "invalid")),
        (b'{"title": "\\ud800"}', (422, "invalid")),
        (b'{"title": "' + b"a" * 21 + b'"}', (422, "invalid")),
        (b'{"title": "x"}' + b" " * 1024 * 1024, (413, "body_too_large")),
    ],
)
async def test_a_malformed_body_is_told_what_is_wrong(
    client: httpx.AsyncClient, body: bytes, expected: tuple[int, str]
) -> None:
    headers = {**bearer(HOST), **MATCH, "Content-Type": "application/json"}
    answer = await client.patch(f"/v1/listings/{LISTING}", content=body, headers=headers)
    assert problem(answer) == expected


async def test_a_body_in_chunks_is_limited_too(client: httpx.AsyncClient) -> None:
    async def chunks():  # noqa: ANN202 - httpx takes any async iterator of bytes
        for _ in range(20):
            yield b" " * 64 * 1024

    headers = {**bearer(HOST), **MATCH}
    answer = await client.patch(f"/v1/listings/{LISTING}", content=chunks(), headers=headers)
    assert problem(answer) == (413, "body_too_large")


async def test_a_body_that_says_it_is_no_json_is_415(client: httpx.AsyncClient) -> None:
    headers = {**bearer(HOST), **MATCH, "Content-Type": "text/plain"}
    answer = await client.patch(f"/v1/listings/{LISTING}", content=b"hi", headers=headers)
    assert problem(answer) == (415, "unsupported_media_type")


@pytest.mark.parametrize("body", [b"{", b" " * 2_000_000, b'{"title": 1}', b""])
async def test_who_is_not_signed_in_learns_that_first(
    client: httpx.AsyncClient, body: bytes
) -> None:
    answer = await client.patch(f"/v1/listings/{NOBODY}", content=body)
    assert problem(answer) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("listing", "caller", "headers", "body", "expected"),
    [
        (NOBODY, HOST, MATCH, b"{", (400, "unreadable_json")),
        (NOBODY, HOST, {"If-Match": "7"}, b"{}", (400, "bad_etag")),
        (NOBODY, HOST, MATCH, b"{}", (404, "not_found")),
        (DRAFT, GUEST, MATCH, b"{}", (404, "not_found")),
        (LISTING, GUEST, MATCH, b"{}", (403, "not_yours")),
        (LISTING, GUEST, {}, b'{"title": "x"}', (403, "not_yours")),
        (NOBODY, GUEST, {}, b'{"title": "x"}', (404, "not_found")),
        (LISTING, HOST, {}, b"{}", (428, "version_required")),
        (LISTING, HOST, {"If-Match": "*"}, b"{}", (428, "version_required")),
        (LISTING, HOST, {"If-Match": '"6"'}, b"{}", (412, "stale_version")),
        (LISTING, HOST, {"If-Match": '"6"'}, b'{"title": "x"}', (412, "stale_version")),
        (LISTING, HOST, MATCH, b"{}", (422, "invalid")),
        ("no-id", HOST, MATCH, b"{}", (422, "invalid")),
        ("%00", HOST, MATCH, b"{}", (422, "invalid")),
    ],
)
async def test_what_is_wrong_is_told_in_one_order(
    client: httpx.AsyncClient,
    listing: object,
    caller: object,
    headers: dict[str, str],
    body: bytes,
    expected: tuple[int, str],
) -> None:
    assert caller in {GUEST, HOST}
    answer = await client.patch(
        f"/v1/listings/{listing}",
        content=body,
        headers={**bearer(HOST if caller == HOST else GUEST), **headers},
    )
    assert problem(answer) == expected


async def test_an_action_takes_no_body_or_an_empty_one(client: httpx.AsyncClient) -> None:
    path = f"/v1/bookings/{NOBODY}/cancel"
    for content in (b"", b"null"):
        answer = await client.post(path, content=content, headers=bearer(GUEST))
        assert answer.json() == {"body": None}


async def test_a_role_is_asked_for_before_fields_are_looked_at(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/audit/events?limit=0", headers=bearer(GUEST))
    assert problem(answer) == (403, "not_yours")
