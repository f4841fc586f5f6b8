"""People who use the API over HTTP, and remember what they have seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

PASSWORD = "correct horse battery"


@dataclass
class Person:
    """Somebody signed in; each read sees what they wrote before."""

    http: httpx.Client
    id: str
    email: str
    token: str
    refresh: str
    seen: str = ""
    answers: list[httpx.Response] = field(default_factory=list[httpx.Response])

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request as this person."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        if self.seen:
            headers.setdefault("Min-Position", self.seen)
        answer = self.http.request(method, path, headers=headers, **more)
        if method != "GET" and answer.is_success:
            self.seen = answer.headers.get("Sojourn-Position", self.seen)
        return answer

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Read something."""
        return self.ask("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> httpx.Response:
        """Do something, with a fresh key unless one is given."""
        headers = {"Idempotency-Key": uuid4().hex, **more.pop("headers", {})}
        return self.ask("POST", path, json=json, headers=headers, **more)


def join(http: httpx.Client, name: str = "Gunnel") -> Person:
    """A new account, signed in."""
    email = f"{name.lower()}-{uuid4().hex[:8]}@example.com"
    body = {"email": email, "password": PASSWORD, "name": name}
    made = http.post("/v1/accounts", json=body)
    assert made.status_code == 201, made.text
    tokens = sign_in(http, email).json()
    return Person(
        http,
        made.json()["id"],
        email,
        tokens["access_token"],
        tokens["refresh_token"],
        made.headers["Sojourn-Position"],
    )


def sign_in(http: httpx.Client, email: str, password: str = PASSWORD) -> httpx.Response:
    """What the password grant answers."""
    form = {"grant_type": "password", "username": email, "password": password}
    return http.post("/v1/token", data=form)


def listing_body(**changes: Any) -> dict[str, Any]:
    """A listing that can be published."""
    return {
        "kind": "stay",
        "title": "Loft by the water",
        "description": "Light and quiet.",
        "room_type": "Entire home",
        "location": {
            "latitude": 59.33,
            "longitude": 18.06,
            "neighbourhood": "Norrmalm",
            "city": "Stockholm",
            "country": "Sweden",
        },
        "time_zone": "Europe/Stockholm",
        "units": 1,
        "max_guests": 2,
        "price": {"amount": 120_000, "currency": "SEK"},
        "minimum_nights": 1,
        "maximum_nights": 30,
        "instant": True,
        **changes,
    }


def offer(host: Person, **changes: Any) -> str:
    """The id of a published listing."""
    made = host.post("/v1/listings", json=listing_body(**changes))
    assert made.status_code == 201, made.text
    published = host.post(f"/v1/listings/{made.json()['id']}/publish")
    assert published.status_code == 200, published.text
    return made.json()["id"]


def in_days(days: int) -> str:
    """A date that is safely in the future everywhere."""
    return day_in(days).isoformat()


def day_in(days: int) -> date:
    """The same as a date."""
    return datetime.now(UTC).date() + timedelta(days=days)


def stay(listing: str, first: int = 30, nights: int = 3, **more: Any) -> dict[str, Any]:
    """What a quote is asked for."""
    dates = {"arrive": in_days(first), "depart": in_days(first + nights)}
    return {"listing_id": listing, **dates, "guests": 2, **more}


def hold(guest: Person, listing: str, first: int = 30, nights: int = 3) -> httpx.Response:
    """What booking a fresh quote answers."""
    quoted = guest.post("/v1/quotes", json=stay(listing, first, nights))
    assert quoted.status_code == 201, quoted.text
    return guest.post("/v1/bookings", json={"quote_id": quoted.json()["id"]})
