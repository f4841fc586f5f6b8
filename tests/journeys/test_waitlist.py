"""Whoever waits gets what comes free, in order, whichever process was down in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from commands.accept_offer import AcceptOffer, accept_offer
from commands.context import Context
from commands.execute import Commands
from commands.offer_dates import OfferDates, offer_dates
from domain.waitlist import decisions
from domain.waitlist.refusals import OfferHasLapsed
from tests.api.people import Person, hold, join, offer
from tests.api.test_waitlist import block, mine, until_offered, wait
from tests.api.workbench import problem
from tests.journeys.test_lapsed_hold import facts_of, log, no_timers, wait_until
from tests.processes import Processes, sojourn

__all__ = ["log", "no_timers"]

pytestmark = pytest.mark.servers


def test_an_offer_that_lapses_passes_on_when_timers_run_again(
    host: Person,
    guest: Person,
    running: Processes,
    log: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listing = offer(host)
    blocked = block(host, listing)
    other = join(guest.http, "Olof")
    first, second = wait(guest, listing), wait(other, listing)
    running.stop("timers")
    try:
        assert host.ask("DELETE", blocked).status_code == 204
        commands = Commands(log)  # type: ignore[arg-type] - the fixture's log
        with monkeypatch.context() as shorter:
            shorter.setattr(decisions, "OFFER_FOR", timedelta(seconds=1))
            timers = Context(process="timers", correlation_id="a short offer")
            for _ in range(2):
                commands.execute(offer_dates, OfferDates(listing_id=UUID(listing)), timers)
        until_offered(guest, first["id"])
        assert problem(hold(other, listing)) == (409, "nights_taken")
        wait_until(datetime.now(UTC) + timedelta(seconds=1))
        assert mine(guest)[first["id"]]["status"] == "lapsed"
        path = f"/v1/listings/{listing}/waitlist/{first['id']}/accept"
        assert problem(guest.post(path)) == (409, "offer_lapsed")
        accepting = AcceptOffer(
            quote_id=uuid7(), listing_id=UUID(listing), entry_id=UUID(first["id"])
        )
        with pytest.raises(OfferHasLapsed):
            commands.execute(
                accept_offer, accepting, Context(actor=UUID(guest.id), correlation_id="late")
            )
        assert facts_of(running, f"waitlist-{listing}")["waitlist.offer_lapsed.v1"] == 0
    finally:
        running.start("timers")
    until_offered(other, second["id"])
    facts = facts_of(running, f"waitlist-{listing}")
    assert facts == {
        "waitlist.joined.v1": 2,
        "waitlist.offered.v1": 2,
        "waitlist.offer_lapsed.v1": 1,
    }
    assert facts_of(running, f"calendar-{listing}")["calendar.offer_held.v1"] == 2
    assert problem(guest.post(path)) == (409, "offer_lapsed")


def test_every_store_agrees_on_who_waits(host: Person, guest: Person, running: Processes) -> None:
    listing = offer(host)
    booked = hold(host, listing).json()["id"]
    entry = wait(guest, listing)
    host.post(f"/v1/bookings/{booked}/cancel")
    until_offered(guest, entry["id"])
    verdict = sojourn(running.platform, "verify", "--wait", "30")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    assert "7  the timers are those that the log sets: holds" in verdict.stdout
