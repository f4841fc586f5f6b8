"""People who act for a host."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.representations.account import Email
from api.representations.values import Input
from domain.listing.facts import Permission


class CoHostBody(Input):
    """Whom to let act, and in what."""

    email: Email
    permissions: Annotated[list[Permission], Field(min_length=1, max_length=20)]


class CoHost(BaseModel):
    """Somebody who acts for the host, in this much."""

    account_id: UUID
    name: str
    permissions: list[Permission]

    @classmethod
    def of(cls, account_id: UUID, name: str, permissions: Iterable[Permission]) -> Self:
        """As the listing's facts left it."""
        return cls.model_construct(
            account_id=account_id, name=name, permissions=sorted(permissions)
        )


class CoHosts(BaseModel):
    """All who act for the host of a listing."""

    items: list[CoHost]
