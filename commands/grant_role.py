"""An administrator lets a person do more."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.account.decisions import grant
from domain.account.facts import Role
from domain.account.state import Account


@dataclass(frozen=True, kw_only=True)
class GrantRole:
    """Give ``role`` to the account."""

    account_id: UUID
    role: Role


def grant_role(message: GrantRole, work: Work) -> Versioned[Account]:
    """Raises NoSuch for an unknown account."""
    account = work.account(message.account_id)
    changed = work.record(account, grant(account.state, message.role))
    return work.readable(changed, account.stream)
