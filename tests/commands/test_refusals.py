"""Every refusal of the closed family can be met, and tells whoever meets it what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from uuid_utils.compat import uuid7

import domain
from commands.book import MOST_OPEN_HOLDS
from commands.erase_account import EraseAccount, erase_account
from commands.join_waitlist import MOST_WISHES, JoinWaitlist, join_waitlist
from commands.register_account import RegisterAccount, register_account
from commands.set_rules import SetRules, set_rules
from domain.refusals import Refusal
from domain.rules.document import Rules
from domain.stay import Stay
from eventlog.application import EventLog
from tests.commands.market import Market
from tests.commands.refusing import DECISIONS


def hold_too_many(market: Market) -> None:
    guest = market.person()
    for number in range(MOST_OPEN_HOLDS + 1):
        market.book(guest, market.quote(guest, 10 + number))


def wait_for_too_many(market: Market) -> None:
    guest = market.person()
    for number in range(MOST_WISHES + 1):
        arrive = market.today + timedelta(days=10 + number)
        holder = market.person()
        market.book(holder, market.quote(holder, 10 + number))
        message = JoinWaitlist(
            entry_id=uuid7(),
            listing_id=market.listing_id,
            guest_id=guest,
            stay=Stay(arrive, arrive + timedelta(days=1)),
            guests=1,
        )
        market.commands.execute(join_waitlist, message, market.by(guest))


def set_rules_of_yesterday(market: Market) -> None:
    message = SetRules(listing_id=market.listing_id, expected=1, rules=Rules(notice_hours=1))
    market.commands.execute(set_rules, message, market.by(market.host))


def register_twice(market: Market) -> None:
    for _ in range(2):
        person = uuid7()
        message = RegisterAccount(
            account_id=person, name="Gunnel", email_hash=b"the same", password_hash="some"
        )
        market.commands.execute(register_account, message, market.by(person))


def leave_with_a_booking_to_come(market: Market) -> None:
    guest = market.person()
    market.book(guest, market.quote(guest, 10))
    market.commands.execute(erase_account, EraseAccount(account_id=guest), market.by(guest))


def book_when_erased(market: Market) -> None:
    guest = market.person()
    quote = market.quote(guest, 10)
    market.log.sealing.keys.erase(guest)
    market.book(guest, quote)


USE_CASES: dict[str, Callable[[Market], None]] = {
    "too_many_holds": hold_too_many,
    "too_many_wishes": wait_for_too_many,
    "stale_version": set_rules_of_yesterday,
    "email_taken": register_twice,
    "bookings_open": leave_with_a_booking_to_come,
    "account_erased": book_when_erased,
}
"""What no decision refuses alone, since it takes more than one stream."""


def family() -> dict[str, type[Refusal]]:
    """Every refusal, those of modules that nobody has imported yet included."""
    for path in Path(next(iter(domain.__path__))).glob("*/refusals.py"):
        import_module(f"domain.{path.parent.name}.refusals")
    found = Refusal.__subclasses__()
    assert not any(each.__subclasses__() for each in found), "the family has one generation"
    assert len({each.code for each in found}) == len(found), "a code is one refusal's"
    return {each.code: each for each in found}


def met(refused: Refusal, code: str) -> None:
    """It is the one of ``code``, and a sentence with every value filled in."""
    assert type(refused) is family()[code]
    told = str(refused)
    assert told[-1] in ".!", told
    assert told[0].isupper() or code == "invalid_value", told
    assert not set("{}") & set(told), told


def test_each_refusal_has_its_scenario_and_each_scenario_its_refusal() -> None:
    assert set(DECISIONS) | set(USE_CASES) == set(family())
    assert not set(DECISIONS) & set(USE_CASES)


@pytest.mark.parametrize("code", sorted(DECISIONS))
def test_a_decision_refuses_with(code: str) -> None:
    with pytest.raises(Refusal) as refused:
        DECISIONS[code]()
    met(refused.value, code)


@pytest.mark.servers
@pytest.mark.parametrize("code", sorted(USE_CASES))
def test_a_use_case_refuses_with(code: str, log: EventLog) -> None:
    with pytest.raises(Refusal) as refused:
        USE_CASES[code](Market(log))
    met(refused.value, code)
