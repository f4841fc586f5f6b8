"""Fifty guests want the same nights: one gets them, the others are told so, every time."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import psycopg
import pytest

from stack.ports import any_free
from tests.journeys.racing import RACERS, Race, race, racers
from tests.platforms import Platform
from tests.processes import Processes

pytestmark = pytest.mark.servers

ROUNDS = 10


def one_more(platform: Platform) -> Platform:
    """The same platform, seen by one more command process."""
    settings = platform.settings.model_copy(update={"commands_port": any_free()})
    folder = platform.folder / "second"
    folder.mkdir()
    return dataclasses.replace(platform, folder=folder, settings=settings)


@pytest.fixture
def second(platform: Platform) -> Iterator[Processes]:
    with Processes(one_more(platform)) as started:
        yield started


def urls(*processes: Processes) -> list[str]:
    return [each.url("api commands") or "" for each in processes]


def without_the_constraint(platform: Platform) -> None:
    with psycopg.connect(platform.settings.need("postgres_url"), autocommit=True) as owner:
        owner.execute("ALTER TABLE claims DROP CONSTRAINT claims_no_overlap")


def run(processes: list[Processes]) -> list[Race]:
    with racers(urls(*processes)) as (host, guests):
        return [race(host, guests, first=10 + number) for number in range(ROUNDS)]


def test_exactly_one_of_fifty_gets_the_nights(processes: Processes, second: Processes) -> None:
    processes.start("api commands")
    second.start("api commands")
    for result in run([processes, second]):
        assert result.answers == {(201, ""): 1, (409, "nights_taken"): RACERS - 1}


def test_the_version_check_alone_is_enough(
    platform: Platform, processes: Processes, second: Processes
) -> None:
    without_the_constraint(platform)
    processes.start("api commands")
    second.start("api commands")
    for result in run([processes, second]):
        assert result.answers == {(201, ""): 1, (409, "nights_taken"): RACERS - 1}


def test_the_constraint_alone_is_enough(processes: Processes, second: Processes) -> None:
    processes.start_module("tests.journeys.unguarded", "api commands")
    second.start_module("tests.journeys.unguarded", "api commands")
    for result in run([processes, second]):
        assert result.answers == {(201, ""): 1, (409, "nights_taken"): RACERS - 1}


def test_without_both_guards_several_guests_get_the_same_nights(
    platform: Platform, processes: Processes, second: Processes
) -> None:
    without_the_constraint(platform)
    processes.start_module("tests.journeys.unguarded", "api commands")
    second.start_module("tests.journeys.unguarded", "api commands")
    assert max(result.winners for result in run([processes, second])) > 1
