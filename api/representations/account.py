"""An account as its owner and administrators see it."""

from __future__ import annotations

from typing import Annotated, Any, Self
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from api.representations.values import Input
from domain.account.facts import Role
from domain.account.state import Account as DomainAccount


def _email(given: str) -> str:
    try:
        # Whether mail arrives is found out by sending some; private domains are fine.
        parsed = validate_email(
            given.strip(), check_deliverability=False, globally_deliverable=False
        )
    except EmailNotValidError:
        raise PydanticCustomError("bad_email", "must be an e-mail address") from None
    if "." not in parsed.domain:
        raise PydanticCustomError("bad_email", "must be an e-mail address with a domain")
    return parsed.normalized


def _stripped(given: str) -> str:
    if not given.strip():
        raise PydanticCustomError("too_short", "must not be blank")
    return given.strip()


Email = Annotated[str, Field(max_length=254), AfterValidator(_email)]
"""An e-mail address, as its owner would write it."""


class Registration(Input):
    """What a person gives to join."""

    email: Email
    password: Annotated[str, Field(min_length=8, max_length=256)]
    name: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_stripped)]


class RoleGrant(Input):
    """Which role to give."""

    role: Role


class Account(BaseModel):
    """A person, and what they may do."""

    id: UUID
    email: str | None
    name: str
    roles: list[Role]
    version: int

    @classmethod
    def of(cls, account: DomainAccount, version: int) -> Self:
        """As its facts left it."""
        return cls(
            id=account.id,
            email=account.email,
            name=account.name,
            roles=sorted(account.roles),
            version=version,
        )


class Accounts(BaseModel):
    """Some accounts."""

    items: list[Account]
    next: Any = None
