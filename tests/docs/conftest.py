"""A platform as the examples expect it: the demo sign-ins, and a place near the middle of town."""

from __future__ import annotations

import httpx
import pytest

from tests.api.conftest import http, running
from tests.api.people import join, offer
from tests.processes import Processes, sojourn

__all__ = ["http", "running"]


@pytest.fixture(scope="package")
def demo(running: Processes, http: httpx.Client) -> str:
    """Where a platform with demo sign-ins and two searchable listings answers."""
    made = sojourn(running.platform, "demo")
    assert made.returncode == 0, made.stderr
    host = join(http, "Hedda")
    for title in ("Loft by the water", "Flat above the square"):
        offer(host, title=title)
    found = host.get("/v1/listings", params={"near": "59.33,18.06", "radius_km": 2})
    assert found.json()["total"] == 2, found.text
    return str(http.base_url).rstrip("/")
