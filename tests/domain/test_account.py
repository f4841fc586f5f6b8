from __future__ import annotations

import pytest

from domain.account.decisions import check_verified, rename, verify
from domain.account.facts import AccountRegistered, AccountRenamed, AccountVerified
from domain.account.refusals import EmailUnverified, LinkSpent
from domain.account.state import evolve
from tests.domain.facts import GUEST
from tests.domain.scenario import given

JOINED = AccountRegistered(account_id=GUEST, name="Åsa", email="asa@example.com")
IMPORTED = AccountRegistered(account_id=GUEST, name="Åsa", email=None)
VERIFIED = AccountVerified()


def test_an_address_is_verified_once() -> None:
    after = given(evolve, JOINED).when(verify).then(VERIFIED)
    assert after.verified
    given(evolve, JOINED, VERIFIED).when(verify).then_refused(LinkSpent)


def test_without_an_address_there_is_nothing_to_verify() -> None:
    given(evolve, IMPORTED).when(verify).then_refused(LinkSpent)


def test_who_has_not_verified_an_address_may_be_asked_to() -> None:
    with pytest.raises(EmailUnverified):
        check_verified(evolve(None, JOINED))
    check_verified(evolve(evolve(None, JOINED), VERIFIED))


def test_a_name_is_changed_when_it_is_another() -> None:
    renamed = given(evolve, JOINED).when(lambda account: rename(account, "Åsa Öberg"))
    assert renamed.then(AccountRenamed(name="Åsa Öberg")).name == "Åsa Öberg"
    given(evolve, JOINED).when(lambda account: rename(account, "Åsa")).then_nothing()
