"""Ports are the configured ones, or free ones; a taken one is named with the way out."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from stack.errors import StackError
from stack.ports import DEFAULTS, FREE, choose_ports, is_free


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_refused_with_its_number_its_setting_and_its_owner(taken: int) -> None:
    environ = {"SOJOURN_POSTGRES_PORT": str(taken)}
    with pytest.raises(StackError) as refusal:
        choose_ports(["postgres"], environ, "fixed", {})
    line = str(refusal.value)
    assert f"port {taken} (postgres) is taken by" in line
    assert "set SOJOURN_POSTGRES_PORT" in line
    assert "\n" not in line


def test_a_configured_port_that_is_taken_is_refused_even_when_any_would_do(taken: int) -> None:
    with pytest.raises(StackError, match="is taken"):
        choose_ports(["kafka"], {"SOJOURN_KAFKA_PORT": str(taken)}, "free", {})


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1", "1e3"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(StackError, match="a port is a number from 1 to 65535"):
        choose_ports(["redis"], {"SOJOURN_REDIS_PORT": text}, "free", {})


def test_free_ports_differ_and_can_be_listened_on() -> None:
    chosen = choose_ports(list(DEFAULTS), {}, "free", {})
    assert len(set(chosen.values())) == len(DEFAULTS)
    assert all(is_free(port) for port in chosen.values())
    assert all(port in FREE for port in chosen.values())


def test_the_port_of_last_time_is_taken_again() -> None:
    before = choose_ports(["redis"], {}, "free", {})
    assert choose_ports(["redis"], {}, "free", before) == before


def test_the_port_of_last_time_is_given_up_when_somebody_has_it(taken: int) -> None:
    assert choose_ports(["redis"], {}, "free", {"redis": taken})["redis"] != taken
