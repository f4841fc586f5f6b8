"""Ask the running query side what it finds, as anybody could."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

NEAR_STOCKHOLM = "/v1/listings?near=59.33,18.07&radius_km=5&limit=3"
TIMEOUT = 5.0
SETTLED = 2.0
POLL = 0.25


@dataclass(frozen=True)
class Found:
    """How many listings there are near Stockholm, and the id of one of them."""

    total: int
    listing_id: str


def search(gateway: str) -> Found | None:
    """What the search finds now; `None` when it does not answer or finds nothing (yet)."""
    parts = urlsplit(gateway)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
    try:
        connection.request("GET", NEAR_STOCKHOLM)
        page = json.load(connection.getresponse())
        return Found(int(page["total"]), str(page["items"][0]["id"]))
    except (OSError, ValueError, LookupError, TypeError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def wait_until_searchable(gateway: str, patience: float = 180.0) -> Found | None:
    """Return once the search finds listings and, for a moment, no more of them; or too late."""
    deadline = time.monotonic() + patience
    found, since = search(gateway), time.monotonic()
    while time.monotonic() < deadline:
        if found is not None and time.monotonic() - since > SETTLED:
            return found
        time.sleep(POLL)
        now = search(gateway)
        if now is None or found is None or now.total != found.total:
            found, since = now, time.monotonic()
    return found
