"""What can happen to an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from domain.rules.document import Rules

Role = Literal["guest", "host", "auditor", "analyst", "support", "admin"]


@dataclass(frozen=True, kw_only=True)
class AccountRegistered:
    """A person joined; no e-mail address means imported, without a way to sign in."""

    account_id: UUID
    name: str
    email: str | None


@dataclass(frozen=True, kw_only=True)
class RoleGranted:
    """The person may do more."""

    role: Role


@dataclass(frozen=True, kw_only=True)
class RoleWithdrawn:
    """The person may do less."""

    role: Role


@dataclass(frozen=True, kw_only=True)
class DefaultRulesSet:
    """What the person's listings ask and charge was set, for those begun from now on."""

    rules: Rules


AccountEvent = AccountRegistered | RoleGranted | RoleWithdrawn | DefaultRulesSet
