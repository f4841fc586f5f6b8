"""Versions, positions, limits and cursors in headers and parameters."""

from __future__ import annotations

import httpx
import pytest

from api.positions import decode_positions, encode_positions, merge_positions
from tests.api.workbench import (
    CURSORS,
    HOST,
    LISTING,
    bearer,
    problem,
)


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
