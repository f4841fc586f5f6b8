"""Signing in and out on the running platform, in the words of RFC 6749 and RFC 7009."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.people import PASSWORD, Person, join, sign_in
from tests.api.workbench import NOBODY, problem

pytestmark = pytest.mark.servers


def refresh(http: httpx.Client, token: str) -> httpx.Response:
    return http.post("/v1/token", data={"grant_type": "refresh_token", "refresh_token": token})


def test_tokens_are_never_stored_on_the_way(http: httpx.Client, guest: Person) -> None:
    answer = sign_in(http, f" {guest.email.upper()} ")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json().keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 600


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "invalid_request"),
        ({"grant_type": "password", "username": "x@example.com"}, "invalid_request"),
        ({"grant_type": "magic"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": "password", "username": "x\0", "password": "y"}, "invalid_request"),
        (
            {"grant_type": "password", "username": "no@one.example", "password": "y"},
            "invalid_grant",
        ),
        ({"grant_type": ["password", "password"]}, "invalid_request"),
    ],
)
def test_a_bad_token_request_is_told_as_rfc_6749_says(
    http: httpx.Client, form: dict[str, Any], error: str
) -> None:
    answer = http.post("/v1/token", data=form)
    told = answer.json()
    assert (answer.status_code, told["error"], told["code"]) == (400, error, error)
    assert told["error_description"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_token_request_is_a_form(http: httpx.Client, guest: Person) -> None:
    body = {"grant_type": "password", "username": guest.email, "password": PASSWORD}
    assert http.post("/v1/token", json=body).json()["error"] == "invalid_request"


def test_a_wrong_password_and_an_unknown_address_are_told_alike(
    http: httpx.Client, guest: Person
) -> None:
    wrong = sign_in(http, guest.email, "wrong password")
    unknown = sign_in(http, "nobody@example.com", "wrong password")
    assert wrong.json() == unknown.json()
    assert wrong.status_code == unknown.status_code == 400


def test_a_refresh_token_is_good_once_and_its_reuse_ends_the_family(
    http: httpx.Client, guest: Person
) -> None:
    second = refresh(http, guest.refresh)
    assert second.status_code == 200
    third = refresh(http, second.json()["refresh_token"]).json()["refresh_token"]
    assert refresh(http, guest.refresh).json()["error"] == "invalid_grant"
    assert refresh(http, third).json()["error"] == "invalid_grant"
    assert sign_in(http, guest.email).status_code == 200


def test_signing_out_ends_the_family_and_always_succeeds(http: httpx.Client, guest: Person) -> None:
    following = refresh(http, guest.refresh).json()["refresh_token"]
    assert http.post("/v1/token/revoke", data={"token": following}).status_code == 200
    assert refresh(http, following).json()["error"] == "invalid_grant"
    for form in ({}, {"token": "unknown"}, {"token": following}):
        answer = http.post("/v1/token/revoke", data=form)
        assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "a@b"}, "email"),
        ({"email": "a" * 250 + "@example.com"}, "email"),
        ({"email": None}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 257}, "password"),
        ({"password": "nul\0nul\0"}, "password"),
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": 1}, "name"),
        ({"roles": ["admin"]}, "roles"),
    ],
)
def test_who_joins_says_who_they_are(
    http: httpx.Client, change: dict[str, Any], field: str
) -> None:
    body = {"email": "someone@example.com", "password": PASSWORD, "name": "Someone", **change}
    answer = http.post("/v1/accounts", json=body)
    assert problem(answer) == (422, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_only_administrators_give_roles(admin: Person, guest: Person) -> None:
    roles = f"/v1/accounts/{guest.id}/roles"
    assert problem(guest.post(roles, json={"role": "admin"})) == (403, "not_yours")
    assert problem(guest.http.post(roles, json={})) == (401, "unauthenticated")
    granted = admin.post(roles, json={"role": "auditor"})
    assert granted.status_code == 200
    assert granted.json()["roles"] == ["auditor", "guest"]
    guest.seen = admin.seen
    assert guest.get("/v1/audit/events?limit=1").status_code == 200
    withdrawn = admin.ask("DELETE", f"{roles}/auditor")
    assert (withdrawn.status_code, withdrawn.content) == (204, b"")
    unknown = f"/v1/accounts/{NOBODY}/roles"
    assert problem(admin.post(unknown, json={"role": "auditor"})) == (404, "not_found")
    assert problem(admin.post(unknown, json={"role": "king"})) == (404, "not_found")
    assert problem(admin.post(roles, json={"role": "king"})) == (422, "invalid")
    assert problem(admin.ask("DELETE", f"{roles}/king")) == (422, "invalid")


def test_administrators_find_accounts_by_address(admin: Person, guest: Person) -> None:
    admin.seen = guest.seen
    found = admin.get("/v1/accounts", params={"email": guest.email.upper()})
    assert found.status_code == 200, found.text
    assert [account["id"] for account in found.json()["items"]] == [guest.id]
    nobody = admin.get("/v1/accounts", params={"email": "nobody@example.com"})
    assert nobody.json() == {"items": [], "next": None}
    assert problem(guest.get("/v1/accounts", params={"email": "x"})) == (403, "not_yours")


def test_a_new_account_is_found_without_waiting(http: httpx.Client) -> None:
    person = join(http, "Nora")
    person.seen = ""
    assert person.get("/v1/me").json()["id"] == person.id


def test_an_address_in_another_script_signs_in_as_it_was_given(http: httpx.Client) -> None:
    for domain in ("xn--bcher-kva.example", "b\u00fccher.example"):
        email = f"{uuid4().hex}@{domain}"
        body = {"email": email, "password": PASSWORD, "name": "Ada"}
        assert http.post("/v1/accounts", json=body).status_code == 201
        assert sign_in(http, email).status_code == 200


def test_a_role_that_is_withdrawn_stops_working_at_once(admin: Person, guest: Person) -> None:
    roles = f"/v1/accounts/{guest.id}/roles"
    for _ in range(5):
        assert admin.post(roles, json={"role": "auditor"}).status_code == 200
        assert guest.http.get("/v1/audit/events", headers=bearer_of(guest)).status_code == 200
        assert admin.ask("DELETE", f"{roles}/auditor").status_code == 204
        refused = guest.http.get("/v1/audit/events", headers=bearer_of(guest))
        assert problem(refused) == (403, "not_yours")


def bearer_of(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"}
