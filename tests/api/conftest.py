"""Clients: of apps that run in the test itself, and of the whole platform behind its gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from stack.addresses import Addresses
from tests.api.people import Person, join
from tests.api.workbench import client_of, workbench
from tests.platforms import new_platform
from tests.processes import Processes, sojourn


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(workbench()) as client:
        yield client


@pytest.fixture(scope="package")
def running(servers: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """The whole platform, one for all these tests, which must not mind what the others did."""
    with (
        new_platform(servers, tmp_path_factory.mktemp("api")) as platform,
        Processes(platform) as processes,
    ):
        processes.start_all()
        yield processes


@pytest.fixture(scope="package")
def http(running: Processes) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.url("gateway") or "", timeout=30) as http:
        yield http


@pytest.fixture
def guest(http: httpx.Client) -> Person:
    return join(http, "Gunnel")


@pytest.fixture
def host(http: httpx.Client) -> Person:
    return join(http, "Hedda")


@pytest.fixture(scope="package")
def admin(running: Processes, http: httpx.Client) -> Person:
    person = join(http, "Ada")
    for role in ("admin", "auditor"):
        granted = sojourn(running.platform, "accounts", "grant", person.email, role)
        assert granted.returncode == 0, granted.stderr
    found = http.get("/v1/me", headers={"Authorization": f"Bearer {person.token}"})
    assert found.status_code == 200
    return person
