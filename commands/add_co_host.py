"""A host lets another person act for them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.account.state import Account
from domain.listing.co_hosts import add_co_host as decide
from domain.listing.facts import Permission
from domain.refusals import NoSuch


@dataclass(frozen=True, kw_only=True)
class AddCoHost:
    """Let the account that has ``email`` act in ``permissions``; none has it without one."""

    listing_id: UUID
    email: str
    account_id: UUID | None
    permissions: frozenset[Permission]


@dataclass(frozen=True, kw_only=True)
class CoHostMade:
    """Who now acts for the host, and in what."""

    account: Versioned[Account]
    permissions: frozenset[Permission]


def add_co_host(message: AddCoHost, work: Work) -> CoHostMade:
    """For hosts alone; raises NoSuch, NotYours and what the decision raises."""
    listing = work.own_listing(message.listing_id, "choose who co-hosts this listing")
    if message.account_id is None:
        raise NoSuch(what="account", id=message.email)
    account = work.account(message.account_id)
    events = decide(listing.state, message.account_id, message.permissions)
    after = work.record(listing, events).state
    return CoHostMade(
        account=work.readable(account, account.stream),
        permissions=after.permissions_of(message.account_id),
    )
