"""People look after their accounts on the running platform: address, password and name."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from api.sign_in.letter_tokens import LIFETIMES, LetterTokens
from stack.ports import any_free
from tests.api.letters import Mailbox
from tests.api.people import PASSWORD, Person, join, offer, sign_in, stay
from tests.api.test_sign_in import refresh
from tests.api.workbench import NOBODY, problem
from tests.platforms import Platform
from tests.processes import Processes, sojourn

pytestmark = pytest.mark.servers

ANOTHER = "another battery staple"


@pytest.fixture
def mailbox(running: Processes) -> Mailbox:
    return Mailbox(running.platform.folder / "mail")


@pytest.fixture
def tokens(running: Processes) -> LetterTokens:
    """As the platform makes them, but in the past: just too old."""

    def back_then() -> datetime:
        return datetime.now(UTC) - max(LIFETIMES.values())

    return LetterTokens(running.platform.settings.key("secret_key_file"), back_then)


def verify(http: httpx.Client, token: str, **headers: str) -> httpx.Response:
    return http.post("/v1/accounts/verify", json={"token": token}, headers=headers)


def forgot(http: httpx.Client, email: str) -> httpx.Response:
    answer = http.post("/v1/password/forgot", json={"email": email})
    assert (answer.status_code, answer.content) == (202, b"")
    return answer


def reset(
    http: httpx.Client, token: str, password: str = ANOTHER, **headers: str
) -> httpx.Response:
    body = {"token": token, "password": password}
    return http.post("/v1/password/reset", json=body, headers=headers)


def test_who_joins_is_written_to_and_shows_that_mail_arrives(
    http: httpx.Client, guest: Person, mailbox: Mailbox
) -> None:
    assert guest.get("/v1/me").json()["verified"] is False
    [token] = mailbox.wait(guest.email)
    verified = verify(http, token)
    assert (verified.status_code, verified.content) == (204, b"")
    guest.seen = verified.headers["Sojourn-Position"]
    assert guest.get("/v1/me").json()["verified"] is True
    assert problem(verify(http, token)) == (422, "link_spent")


def test_a_repeat_with_the_same_key_is_told_the_same(
    http: httpx.Client, guest: Person, mailbox: Mailbox
) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    [token] = mailbox.wait(guest.email)
    assert [verify(http, token, **key).status_code for _ in range(2)] == [204, 204]
    forgot(http, guest.email)
    [_, second] = mailbox.wait(guest.email, 2)
    key = {"Idempotency-Key": uuid4().hex}
    answers = [reset(http, second, **key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert answers[1].headers["Idempotency-Replayed"] == "true"


def test_a_letter_is_sent_again_until_the_address_is_verified(
    http: httpx.Client, guest: Person, mailbox: Mailbox
) -> None:
    assert guest.post("/v1/accounts/verification").status_code == 202
    first, second = mailbox.wait(guest.email, 2)
    assert verify(http, second).status_code == 204
    assert problem(verify(http, first)) == (422, "link_spent")
    assert guest.post("/v1/accounts/verification", json={}).status_code == 202
    later = join(http, "Later")
    mailbox.wait(later.email)
    assert len(mailbox.to(guest.email)) == 2
    nobody = http.post("/v1/accounts/verification")
    assert problem(nobody) == (401, "unauthenticated")


def test_a_repeated_sign_up_is_one_letter(http: httpx.Client, mailbox: Mailbox) -> None:
    email = f"once-{uuid4().hex[:8]}@example.com"
    body = {"email": email, "password": PASSWORD, "name": "Once"}
    headers = {"Idempotency-Key": uuid4().hex}
    for _ in range(2):
        assert http.post("/v1/accounts", json=body, headers=headers).status_code == 201
    later = join(http, "Later")
    mailbox.wait(later.email)
    assert len(mailbox.to(email)) == 1


def test_nobody_learns_who_has_an_account(
    http: httpx.Client, guest: Person, mailbox: Mailbox
) -> None:
    mailbox.wait(guest.email)
    known, unknown = (forgot(http, email) for email in (guest.email, "nobody@example.com"))
    assert known.headers.keys() == unknown.headers.keys()
    mailbox.wait(guest.email, 2)
    later = join(http, "Later")
    mailbox.wait(later.email)
    assert mailbox.to("nobody@example.com") == []
    assert problem(http.post("/v1/password/forgot", json={"email": "x"})) == (422, "invalid")


def test_a_letter_goes_to_the_address_on_record(
    http: httpx.Client, guest: Person, mailbox: Mailbox
) -> None:
    mailbox.wait(guest.email)
    look_alike = guest.email.replace("g", "\uff47").upper()
    forgot(http, look_alike)
    assert len(mailbox.wait(guest.email, 2)) == 2
    assert mailbox.to(look_alike) == []


def test_a_new_password_ends_the_old_one_and_every_session(
    http: httpx.Client, guest: Person, mailbox: Mailbox
) -> None:
    other = sign_in(http, guest.email).json()["refresh_token"]
    forgot(http, guest.email)
    forgot(http, guest.email)
    _, earlier, token = mailbox.wait(guest.email, 3)
    assert reset(http, token).status_code == 204
    assert sign_in(http, guest.email).json()["error"] == "invalid_grant"
    assert sign_in(http, guest.email, ANOTHER).status_code == 200
    for dead in (guest.refresh, other):
        assert refresh(http, dead).json()["error"] == "invalid_grant"
    for spent in (token, earlier):
        assert problem(reset(http, spent)) == (422, "link_spent")
    assert guest.get("/v1/me").status_code == 200


def test_of_two_who_use_one_token_at_once_one_chooses_the_password(
    http: httpx.Client, guest: Person, mailbox: Mailbox
) -> None:
    forgot(http, guest.email)
    token = mailbox.wait(guest.email, 2)[1]
    chosen = [f"{ANOTHER} {number}" for number in range(4)]
    with ThreadPoolExecutor(len(chosen)) as threads:
        answers = list(threads.map(partial(reset, http, token), chosen))
    assert sorted(answer.status_code for answer in answers) == [204, 422, 422, 422]
    [won] = [
        password
        for password, answer in zip(chosen, answers, strict=True)
        if answer.status_code == 204
    ]
    assert sign_in(http, guest.email, won).status_code == 200


def test_a_token_has_one_purpose_and_an_end(
    http: httpx.Client, guest: Person, mailbox: Mailbox, tokens: LetterTokens
) -> None:
    [token] = mailbox.wait(guest.email)
    head, payload, signature = token.split(".")
    wrong = [
        "x",
        "\u00e5.\u00e4.\u00f6",
        f"{head}.{payload}.{signature[::-1]}",
        tokens.write("verify e-mail", UUID(guest.id), guest.email),
        tokens.write("reset password", UUID(guest.id), guest.email),
        LetterTokens(b"somebody else's").write("verify e-mail", UUID(guest.id), guest.email),
    ]
    for given in wrong:
        refused = verify(http, given)
        assert problem(refused) == (422, "link_spent")
        assert [error["field"] for error in refused.json()["errors"]] == ["token"]
        assert problem(reset(http, given)) == (422, "link_spent")
    assert problem(reset(http, token)) == (422, "link_spent")
    assert verify(http, token).status_code == 204


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/accounts/verify", {}, "token"),
        ("/v1/accounts/verify", {"token": ""}, "token"),
        ("/v1/accounts/verify", {"token": "x" * 1_001}, "token"),
        ("/v1/password/forgot", {}, "email"),
        ("/v1/password/forgot", {"email": "no address"}, "email"),
        ("/v1/password/reset", {"token": "x"}, "password"),
        ("/v1/password/reset", {"token": "x", "password": "short"}, "password"),
        ("/v1/password/reset", {"token": "x", "password": "x" * 257}, "password"),
        ("/v1/accounts/verification", {"colour": "red"}, "colour"),
    ],
)
def test_what_is_asked_for_is_there(
    guest: Person, path: str, body: dict[str, Any], field: str
) -> None:
    answer = guest.post(path, json=body)
    assert problem(answer) == (422, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_person_goes_by_another_name(guest: Person) -> None:
    before = guest.get("/v1/me")
    renamed = guest.ask(
        "PATCH", "/v1/me", json={"name": " Gudrun "}, headers={"If-Match": before.headers["ETag"]}
    )
    assert renamed.status_code == 200, renamed.text
    assert renamed.json() == {
        **before.json(),
        "name": "Gudrun",
        "version": before.json()["version"] + 1,
    }
    after = guest.get("/v1/me")
    assert after.json() == renamed.json()
    assert after.headers["ETag"] == renamed.headers["ETag"]
    for body in ({"name": "Gudrun"}, {}):
        same = guest.ask("PATCH", "/v1/me", json=body, headers={"If-Match": after.headers["ETag"]})
        assert same.json() == after.json()
    stale = guest.ask(
        "PATCH", "/v1/me", json={"name": "Gro"}, headers={"If-Match": before.headers["ETag"]}
    )
    assert problem(stale) == (412, "stale_version")
    either = {"If-Match": f"{before.headers['ETag']}, {after.headers['ETag']}"}
    assert guest.ask("PATCH", "/v1/me", json={"name": "Gro"}, headers=either).status_code == 200


@pytest.mark.parametrize(
    ("body", "match", "expected"),
    [
        ({"name": "Gro"}, None, (428, "version_required")),
        ({"name": "Gro"}, "*", (428, "version_required")),
        ({"name": ""}, None, (428, "version_required")),
        ({"name": ""}, '"0"', (412, "stale_version")),
        ({"name": "Gro"}, "x", (400, "bad_etag")),
        ({"name": ""}, '"1"', (422, "invalid")),
        ({"name": None}, '"1"', (422, "invalid")),
        ({"name": "x" * 201}, '"1"', (422, "invalid")),
        ({"name": "nul\0"}, '"1"', (422, "invalid")),
        ({"email": "other@example.com"}, '"1"', (422, "invalid")),
        ({"roles": ["admin"]}, '"1"', (422, "invalid")),
        (["name"], '"1"', (422, "invalid")),
    ],
)
def test_a_change_of_an_account_is_checked_in_the_one_order(
    guest: Person, body: Any, match: str | None, expected: tuple[int, str]
) -> None:
    headers = {"If-Match": match} if match else {}
    answer = guest.ask("PATCH", "/v1/me", json=body, headers=headers)
    assert problem(answer) == expected
    assert problem(guest.http.patch("/v1/me", json=body)) == (401, "unauthenticated")


@pytest.fixture
def strict(running: Processes) -> Iterator[httpx.Client]:
    """One more command process of the platform, where booking takes a verified address."""
    platform = running.platform
    settings = platform.settings.model_copy(
        update={"commands_port": any_free(), "verified_email": True}
    )
    folder = platform.folder / f"strict-{uuid4().hex[:6]}"
    folder.mkdir()
    with Processes(Platform(platform.name, folder, settings)) as processes:
        processes.start("api commands")
        with httpx.Client(base_url=processes.url("api commands") or "", timeout=30) as client:
            yield client


def test_booking_takes_a_verified_address_where_the_setting_says_so(
    strict: httpx.Client, http: httpx.Client, host: Person, guest: Person, mailbox: Mailbox
) -> None:
    listing = offer(host)
    quote = guest.post("/v1/quotes", json=stay(listing)).json()["id"]
    other = guest.post("/v1/quotes", json=stay(listing, 60)).json()["id"]
    headers = {"Authorization": f"Bearer {guest.token}"}

    def book(body: dict[str, Any]) -> httpx.Response:
        key = {"Idempotency-Key": uuid4().hex}
        return strict.post("/v1/bookings", json=body, headers={**headers, **key})

    assert problem(book({"quote_id": quote})) == (403, "email_unverified")
    assert problem(book({"quote_id": quote, "colour": "red"})) == (403, "email_unverified")
    assert problem(book({"quote_id": str(NOBODY)})) == (404, "not_found")
    assert guest.post("/v1/bookings", json={"quote_id": other}).status_code == 201
    [token] = mailbox.wait(guest.email)
    assert verify(http, token).status_code == 204
    assert problem(book({"quote_id": quote, "colour": "red"})) == (422, "invalid")
    assert book({"quote_id": quote}).status_code == 201


def test_the_log_knows_neither_passwords_nor_tokens_and_agrees_with_the_pages(
    running: Processes, http: httpx.Client, admin: Person, guest: Person, mailbox: Mailbox
) -> None:
    [token] = mailbox.wait(guest.email)
    verify(http, token)
    forgot(http, guest.email)
    reset(http, mailbox.wait(guest.email, 2)[1])
    found = admin.get(f"/v1/audit/streams/account-{guest.id}").json()["items"]
    assert [event["type"] for event in found] == ["account.registered.v2", "account.verified.v2"]
    assert token not in str(found)
    verdict = sojourn(running.platform, "verify", "--wait", "30")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
