"""What every test may ask for: the real servers, and a platform of its own on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from stack.addresses import Addresses
from stack.testing import servers_for_tests
from tests.platforms import Platform, new_platform
from tests.processes import Processes

# How long an example takes says nothing of the code where others use the machine too.
settings.register_profile("sojourn", deadline=None)
settings.load_profile("sojourn")


@pytest.fixture(scope="session")
def servers() -> Iterator[Addresses]:
    """Postgres, Kafka, Redis and Elasticsearch: those the environment names, else our own."""
    with servers_for_tests() as stack:
        yield stack.addresses


@pytest.fixture
def platform(servers: Addresses, tmp_path: Path) -> Iterator[Platform]:
    """A whole migrated platform that shares nothing with any other, for one test."""
    with new_platform(servers, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared_platform(
    servers: Addresses, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    """The same for all tests of a module, which must not mind what the others did."""
    with new_platform(servers, tmp_path_factory.mktemp("platform")) as made:
        yield made


@pytest.fixture
def processes(platform: Platform) -> Iterator[Processes]:
    """Our own processes on ``platform``; those that still run at the end are killed."""
    with Processes(platform) as started:
        yield started


@pytest.fixture(scope="module")
def shared_processes(shared_platform: Platform) -> Iterator[Processes]:
    """Our own processes on ``shared_platform``; killed when the module's tests are done."""
    with Processes(shared_platform) as started:
        yield started
