"""Where integrators may be told, and by which secrets they know it is us."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address, ip_network
from uuid import UUID

import pytest

from domain.refusals import InvalidOffer
from domain.webhook.addresses import check_url, may_reach
from domain.webhook.decisions import (
    MOST,
    OVERLAP,
    Wanted,
    change,
    disable,
    register,
    remove,
    rotate,
)
from domain.webhook.facts import (
    EndpointChanged,
    EndpointDisabled,
    EndpointEnabled,
    EndpointRegistered,
    EndpointRemoved,
    SecretRotated,
    WebhookEvent,
)
from domain.webhook.refusals import TooManyEndpoints
from domain.webhook.state import Endpoint, evolve
from tests.domain.facts import HOST, NOW

ENDPOINT = UUID(int=0x77)
LOOPBACK = [ip_network("127.0.0.0/8")]
WANTED = Wanted(url="https://hooks.example/a", events=("booking.confirmed",))


def given(*events: WebhookEvent) -> Endpoint:
    endpoint: Endpoint | None = None
    for event in (*registered(), *events):
        endpoint = evolve(endpoint, event)
    assert endpoint
    return endpoint


def registered(wanted: Wanted = WANTED, others: int = 0) -> list[WebhookEvent]:
    return register(ENDPOINT, HOST, "host", wanted, others=others, networks=[])


def changed(endpoint: Endpoint, wanted: Wanted = WANTED, *, active: bool) -> list[WebhookEvent]:
    return change(endpoint, wanted, active=active, networks=[])


def test_an_endpoint_is_told_of_what_it_asked_for() -> None:
    twice = replace(WANTED, events=("booking.confirmed", "booking.cancelled", "booking.confirmed"))
    [event] = registered(twice)
    assert isinstance(event, EndpointRegistered)
    assert event.events == ("booking.cancelled", "booking.confirmed")
    assert given().wants("booking.confirmed")
    assert not given().wants("booking.cancelled")
    everything = evolve(None, registered(Wanted(url=WANTED.url))[0])
    assert everything.wants("booking.cancelled")


def test_an_account_has_so_many_endpoints_and_no_more() -> None:
    assert registered(others=MOST - 1)
    with pytest.raises(TooManyEndpoints):
        registered(others=MOST)


def test_what_is_no_event_cannot_be_asked_for() -> None:
    with pytest.raises(InvalidOffer, match=r"booking\.exploded"):
        registered(replace(WANTED, events=("booking.exploded",)))


def test_a_change_records_what_it_changes() -> None:
    assert changed(given(), active=True) == []
    elsewhere = replace(WANTED, url="https://hooks.example/b")
    [event] = changed(given(), elsewhere, active=True)
    assert isinstance(event, EndpointChanged)
    off = EndpointDisabled(why="owner")
    assert changed(given(), active=False) == [off]
    assert changed(given(off), active=False) == []
    assert changed(given(off), active=True) == [EndpointEnabled(endpoint_id=ENDPOINT)]
    assert given(off).disabled_because == "owner"
    assert given(off, EndpointEnabled(endpoint_id=ENDPOINT)).disabled_because is None
    with pytest.raises(InvalidOffer):
        changed(given(), replace(WANTED, url="http://hooks.example/"), active=True)


def test_a_disabled_endpoint_is_told_nothing_and_a_removed_one_is_gone() -> None:
    gone = given(*disable(given(), "gone"))
    assert (gone.status, gone.disabled_because) == ("disabled", "gone")
    assert not gone.wants("booking.confirmed")
    assert disable(gone, "failing") == []
    assert remove(given()) == [EndpointRemoved(endpoint_id=ENDPOINT)]
    assert remove(given(*remove(given()))) == []
    assert disable(given(*remove(given())), "gone") == []


def test_the_secret_before_signs_until_its_day_is_over() -> None:
    assert given().generations(NOW) == (1,)
    [event] = rotate(given(), NOW)
    assert event == SecretRotated(generation=2, previous_until=NOW + OVERLAP)
    rotated = given(event)
    last = NOW + OVERLAP - timedelta(microseconds=1)
    assert rotated.generations(last) == (2, 1)
    assert rotated.generations(NOW + OVERLAP) == (2,)
    assert given(event, *rotate(rotated, NOW)).generations(NOW) == (3, 2)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example",
        "https://hooks.example:8443/a/b?c=d",
        "https://93.184.215.14/hooks",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/hooks",
    ],
)
def test_public_https_addresses_are_taken(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example",
        "http://hooks.example/",
        "ftp://hooks.example/",
        "https:///a",
        "https://user:secret@hooks.example/",
        "https://user@hooks.example/",
        "https://hooks.example/#part",
        "https://hooks.example:port/",
        "https://hooks.example:99999/",
        "https://hooks.example/a b",
        "https://hooks.example/\r\nX-Evil: 1",
        "https://höoks.example/",
        "https://[::1",
        "https://hooks.example/" + "a" * 2_000,
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[::ffff:127.0.0.1]/",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(InvalidOffer) as refused:
        check_url(url)
    assert refused.value.field == "url"


def test_our_own_networks_take_plain_http_where_the_operator_says_so() -> None:
    for url in ("http://127.0.0.1:8080/hooks", "http://localhost/hooks", "https://127.1.2.3/"):
        check_url(url, LOOPBACK)
    for url in ("http://hooks.example/", "http://10.0.0.1/", "https://[::1]/"):
        with pytest.raises(InvalidOffer):
            check_url(url, LOOPBACK)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("0.0.0.0", False),  # noqa: S104 - an address like others
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("192.0.2.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("::", False),
        ("::1", False),
        ("fc00::1", False),
        ("fe80::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("2001:0:4136:e378:8000:63bf:80ff:fffe", False),
    ],
)
def test_only_public_addresses_are_reached(address: str, public: bool) -> None:  # noqa: FBT001 - a table
    assert may_reach(ip_address(address)) == public
