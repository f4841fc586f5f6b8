"""What people may become."""

from __future__ import annotations

from uuid import UUID

from domain.account.facts import (
    AccountEvent,
    AccountRegistered,
    Role,
    RoleGranted,
    RoleWithdrawn,
)
from domain.account.state import Account


def register(account_id: UUID, name: str, email: str | None) -> list[AccountEvent]:
    """A person joins."""
    return [AccountRegistered(account_id=account_id, name=name, email=email)]


def grant(account: Account, role: Role) -> list[AccountEvent]:
    """The person may do more; may already, nothing happens."""
    return [] if role in account.roles else [RoleGranted(role=role)]


def withdraw(account: Account, role: Role) -> list[AccountEvent]:
    """The person may do less; may not anyway, nothing happens."""
    return [RoleWithdrawn(role=role)] if role in account.roles else []
