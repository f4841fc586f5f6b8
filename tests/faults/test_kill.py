"""Whatever of ours is killed in the middle of traffic, nothing is lost and nothing doubled."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from eventlog.reader import LogReader
from tests.api.people import hold, join, offer
from tests.faults.traffic import Journal, traffic
from tests.platforms import Platform
from tests.processes import Processes, sojourn

pytestmark = pytest.mark.servers

VICTIMS = ["relay", "worker pages", "worker search", "worker reactors", "api commands"]


def verified(platform: Platform, journal: Path) -> str:
    """The verdict of `sojourn verify`; anything but clean fails the test."""
    verdict = sojourn(platform, "verify", "--wait", "60", "--journal", str(journal))
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    return verdict.stdout.strip().splitlines()[-1]


def test_each_process_killed_in_traffic_catches_up_and_keeps_every_promise(
    platform: Platform, processes: Processes, tmp_path: Path
) -> None:
    chance = random.Random(1)  # noqa: S311 - repeatable, not secret
    journal = Journal(tmp_path / "told.jsonl")
    processes.start_all()
    with traffic(processes.url("gateway") or "", journal, seed=1):
        for victim in chance.sample(VICTIMS, len(VICTIMS)):
            enough = journal.told + chance.randrange(20, 60)
            processes.until(lambda: journal.told >= enough, "the traffic stood still")  # noqa: B023
            processes.kill(victim)
            if victim != "api commands":
                more = journal.told + chance.randrange(5, 40)
                processes.until(lambda: journal.told >= more, "the traffic stood still")  # noqa: B023
            processes.start(victim)
    assert "clean" in verified(platform, journal.path)


def test_reactors_killed_while_guests_pay_take_every_payment_once(
    platform: Platform, processes: Processes
) -> None:
    processes.start_all()
    with httpx.Client(base_url=processes.url("gateway") or "", timeout=30) as http:
        host, guest = join(http, "Hedda"), join(http, "Gunnel")
        listing = offer(host)
        bookings = [hold(guest, listing, first, 1).json()["id"] for first in range(10, 18)]

        def pay(booking: str) -> int:
            return guest.post(f"/v1/bookings/{booking}/confirm").status_code

        with ThreadPoolExecutor(4) as threads:
            paying = [threads.submit(pay, booking) for booking in bookings]
            for enough in (1, 4):

                def paid(enough: int = enough) -> bool:
                    return sum(each.done() for each in paying) >= enough

                processes.until(paid, "nobody is paid")
                processes.kill("worker reactors")
                processes.start("worker reactors")
            assert {each.result() for each in paying} <= {200, 202}

        def all_confirmed() -> bool:
            pages = [guest.get(f"/v1/bookings/{booking}").json() for booking in bookings]
            return {page["payment_status"] for page in pages} == {"captured"}

        processes.until(all_confirmed, "a payment was lost")
    with LogReader(platform.settings.need("postgres_queries_url")) as log:
        for booking in bookings:
            types = [record.type for record in log.read_stream(f"booking-{booking}")]
            assert types.count("booking.payment_captured.v1") == 1
            assert types.count("booking.confirmed.v1") == 1
    verdict = sojourn(platform, "verify", "--wait", "60")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
