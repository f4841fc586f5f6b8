"""All that there is about a person, for themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.representations.values import is_absent
from domain.account.state import Export as DomainExport


class Export(BaseModel):
    """An archive that a person asked for."""

    id: UUID
    status: Literal["preparing", "ready"]
    requested_at: datetime
    expires_at: datetime = Field(description="Until when it may be had.")
    data: dict[str, Any] | None = Field(
        default=None, exclude_if=is_absent, description="All about you, once it is ready."
    )

    @classmethod
    def of(cls, export: DomainExport, data: dict[str, Any] | None = None) -> Self:
        """As it was asked for, with what was made of it."""
        return cls.model_construct(
            id=export.id,
            status="preparing" if data is None else "ready",
            requested_at=export.requested_at,
            expires_at=export.expires_at,
            data=data,
        )
