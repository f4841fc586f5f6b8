"""An account as its facts left it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
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
from domain.personal import ERASED
from domain.rules.document import NO_RULES, Rules

STAFF: frozenset[Role] = frozenset({"support", "admin"})
"""Who acts for the platform itself."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """All about a person as it was when they asked; to be had until ``expires_at``."""

    id: UUID
    requested_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person, and what they may do; ``verified`` means that their mail arrives."""

    id: UUID
    name: str
    email: str | None
    roles: frozenset[Role] = frozenset({"guest"})
    default_rules: Rules = NO_RULES
    verified: bool = False
    erased: bool = False
    exports: tuple[Export, ...] = ()

    def open_exports(self, now: datetime) -> tuple[Export, ...]:
        """The exports that may be had at ``now``."""
        return tuple(each for each in self.exports if now < each.expires_at)


def evolve(account: Account | None, event: AccountEvent) -> Account:
    """``account`` after ``event``."""
    if isinstance(event, AccountRegistered):
        return Account(id=event.account_id, name=event.name, email=event.email)
    assert account is not None, "an account's first event registers it"
    match event:
        case RoleGranted():
            return replace(account, roles=account.roles | {event.role})
        case RoleWithdrawn():
            return replace(account, roles=account.roles - {event.role})
        case AccountVerified():
            return replace(account, verified=True)
        case AccountRenamed():
            return replace(account, name=event.name)
        case ExportRequested():
            asked = Export(id=event.export_id, requested_at=event.at, expires_at=event.expires_at)
            return replace(account, exports=(*account.open_exports(event.at), asked))
        case AccountErased():
            return Account(id=account.id, name=ERASED, email=None, roles=frozenset(), erased=True)
        case DefaultRulesSet():
            return replace(account, default_rules=event.rules)
        case _:
            assert_never(event)
