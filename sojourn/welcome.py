"""What `sojourn up` says when it is ready: addresses, demo sign-ins, three requests to try."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sojourn.searchable import NEAR_STOCKHOLM, search


def welcome(urls: Mapping[str, str], home: Path) -> str:
    """The text; its requests work as they stand."""
    gateway = urls["gateway"]
    arrive = datetime.now(UTC).date() + timedelta(days=30)
    found = search(gateway)
    listing = found.listing_id if found else "LISTING_ID"
    calendar = f"/v1/listings/{listing}/calendar?from={arrive}&to={arrive + timedelta(days=7)}"
    account = json.dumps(
        {
            "email": f"guest-{datetime.now(UTC):%H%M%S}@example.com",
            "password": "correct horse battery staple",
            "name": "A guest",
        }
    )
    lines = [
        "",
        f"  everything  {gateway}",
        f"  commands    {urls['commands']}/docs",
        f"  queries     {urls['queries']}/docs",
        *_sign_ins(home),
        "",
        "Listings near the middle of Stockholm, a calendar, and a new account:",
        "",
        f"  curl '{gateway}{NEAR_STOCKHOLM}'",
        f"  curl '{gateway}{calendar}'",
        f"  curl -H 'content-type: application/json' -d '{account}' '{gateway}/v1/accounts'",
        "",
    ]
    return "\n".join(lines)


def _sign_ins(home: Path) -> list[str]:
    try:
        text = (home / "secrets" / "demo_sign_ins").read_text(encoding="utf-8")
    except OSError:
        return []
    return ["", "Demo sign-ins:", *(f"  {line}" for line in text.strip().splitlines())]
