"""A keyed command has at most one effect, and its repeats get the first answer."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class ReceiptRequest:
    """The key that a client gave its command, and a fingerprint of what it asked."""

    account_id: UUID
    key: str
    fingerprint: bytes


@dataclass(frozen=True, kw_only=True)
class StoredResponse:
    """An answer as it can be given again: status, body and the headers that belong to it."""

    status: int
    body: bytes
    headers: dict[str, str]


class KeyReused(Exception):
    """The key was used before, for something else."""


class InProgress(Exception):
    """The first command with this key did not end in time."""
