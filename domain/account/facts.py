"""What can happen to an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from domain.personal import OfSubject, Personal
from domain.rules.document import Rules

Role = Literal["guest", "host", "auditor", "analyst", "support", "admin"]


@dataclass(frozen=True, kw_only=True)
class AccountRegistered:
    """A person joined; no e-mail address means imported, without a way to sign in."""

    account_id: UUID
    name: OfSubject
    email: Annotated[str | None, Personal("subject")]


@dataclass(frozen=True, kw_only=True)
class RoleGranted:
    """The person may do more."""

    role: Role


@dataclass(frozen=True, kw_only=True)
class RoleWithdrawn:
    """The person may do less."""

    role: Role


@dataclass(frozen=True, kw_only=True)
class AccountVerified:
    """The person showed that mail to their e-mail address reaches them."""


@dataclass(frozen=True, kw_only=True)
class AccountRenamed:
    """The person goes by another name."""

    name: OfSubject


@dataclass(frozen=True, kw_only=True)
class DefaultRulesSet:
    """What the person's listings ask and charge was set, for those begun from now on."""

    rules: Rules


@dataclass(frozen=True, kw_only=True)
class ExportRequested:
    """The person asked for all that there is about them, to be had until an instant."""

    export_id: UUID
    at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class AccountErased:
    """The person left for good; what they wrote or were known by can be read no more."""

    account_id: UUID
    at: datetime


AccountEvent = (
    AccountRegistered
    | RoleGranted
    | RoleWithdrawn
    | DefaultRulesSet
    | AccountVerified
    | AccountRenamed
    | ExportRequested
    | AccountErased
)
