"""What one command asks of the log, and what became of it: all of it stored, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.events import Event
from eventlog.recent import Root


@dataclass(frozen=True, kw_only=True)
class StreamWrite:
    """Events for the end of a stream, decided when it had ``expected`` events."""

    stream: str
    key: str
    expected: int
    events: tuple[Event, ...]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The answer to a keyed command, kept so that a repeat gets the same."""

    account_id: UUID
    key: str
    fingerprint: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes
    positions: Mapping[int, int] = field(default_factory=dict[int, int])


@dataclass(frozen=True, kw_only=True)
class Credential:
    """How a new account signs in: a keyed hash of its e-mail address and a password hash."""

    account_id: UUID
    email_hash: bytes
    password_hash: str


@dataclass(frozen=True, kw_only=True)
class Append:
    """Everything one command stores, in one transaction.

    ``reads`` are streams that the decision looked at but does not write, with the version it saw:
    if one has moved, nothing is stored. ``holds`` are guests with the number of open holds that the
    decision counted: if one has more by now, nothing is stored. ``key`` is an account and its key
    of the command: if that has a receipt already, nothing is stored. ``causation_id`` is the
    command's own id. ``roots`` are, by stream, the readings of the log that the decision grew from.
    """

    writes: tuple[StreamWrite, ...]
    reads: Mapping[str, int]
    occurred_at: datetime
    actor: str
    correlation_id: str
    causation_id: str
    receipt: Receipt | None = None
    credential: Credential | None = None
    holds: Mapping[UUID, int] = field(default_factory=dict[UUID, int])
    key: tuple[UUID, str] | None = None
    roots: Mapping[str, Root] = field(default_factory=dict[str, Root])

    @property
    def founded(self) -> bool:
        """Whether all that the decision was built upon has been stored."""
        return not any(root.wrong for root in self.roots.values())

    def not_stored(self) -> None:
        """What was decided upon its events is wrong from now on."""
        for write in self.writes:
            if root := self.roots.get(write.stream):
                root.wrong = True

    @property
    def streams(self) -> dict[str, int]:
        """Every stream that the decision rests on, with the version it saw."""
        return {**self.reads, **{write.stream: write.expected for write in self.writes}}


@dataclass(frozen=True, kw_only=True)
class Appended:
    """Where the events are: the last position on each partition of the event topic."""

    positions: dict[int, int]
    recorded_at: datetime


class AppendFailed(Exception):
    """Nothing of the append was stored."""


class VersionConflict(AppendFailed):
    """A stream that the decision rests on has moved: load and decide again."""


class ReceiptExists(AppendFailed):
    """The key was used before: read the receipt."""


class ClaimsOverlap(AppendFailed):
    """The database refused two live claims on one unit, whatever the decision said."""


class CredentialExists(AppendFailed):
    """An account with this e-mail address exists."""


class TooLate(AppendFailed):
    """Its turn came only after whoever asked had stopped waiting."""
