"""What people may become."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from domain.account.facts import (
    AccountErased,
    AccountEvent,
    AccountRegistered,
    AccountRenamed,
    AccountVerified,
    DefaultRulesSet,
    ExportRequested,
    Role,
    RoleGranted,
    RoleWithdrawn,
)
from domain.account.refusals import EmailUnverified, LinkSpent, TooManyExports
from domain.account.state import Account
from domain.rules.checking import check_rules_document
from domain.rules.document import Rules

EXPORT_KEPT = timedelta(days=7)
"""For how long what a person asked for may be had."""

MOST_EXPORTS = 5
"""How many exports of a person there may be at a time."""


def register(account_id: UUID, name: str, email: str | None) -> list[AccountEvent]:
    """A person joins."""
    return [AccountRegistered(account_id=account_id, name=name, email=email)]


def grant(account: Account, role: Role) -> list[AccountEvent]:
    """The person may do more; may already, nothing happens."""
    return [] if role in account.roles else [RoleGranted(role=role)]


def withdraw(account: Account, role: Role) -> list[AccountEvent]:
    """The person may do less; may not anyway, nothing happens."""
    return [RoleWithdrawn(role=role)] if role in account.roles else []


def set_default_rules(account: Account, rules: Rules) -> list[AccountEvent]:
    """Listings that the person begins ask and charge this; they do already, nothing happens.

    Raises InvalidOffer and CurrencyMismatch for rules that can't be.
    """
    check_rules_document(rules)
    return [] if rules == account.default_rules else [DefaultRulesSet(rules=rules)]


def verify(account: Account) -> list[AccountEvent]:
    """Mail to the person's address reached them; raises LinkSpent when that is known already."""
    if account.verified or account.email is None:
        raise LinkSpent
    return [AccountVerified()]


def rename(account: Account, name: str) -> list[AccountEvent]:
    """The person goes by ``name``; does already, nothing happens."""
    return [] if account.name == name else [AccountRenamed(name=name)]


def erase(account: Account, now: datetime) -> list[AccountEvent]:
    """The person leaves for good; left already, nothing happens."""
    return [] if account.erased else [AccountErased(account_id=account.id, at=now)]


def request_export(account: Account, export_id: UUID, now: datetime) -> list[AccountEvent]:
    """The person asks for all about them; raises TooManyExports."""
    if len(account.open_exports(now)) >= MOST_EXPORTS:
        raise TooManyExports(maximum=MOST_EXPORTS)
    return [ExportRequested(export_id=export_id, at=now, expires_at=now + EXPORT_KEPT)]


def check_verified(account: Account) -> None:
    """Raise EmailUnverified for who has not shown that mail reaches them."""
    if not account.verified:
        raise EmailUnverified
