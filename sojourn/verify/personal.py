"""Invariant 8: what is personal is sealed, and who is erased can neither sign in nor be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection

from domain.account.facts import AccountErased
from eventlog.codec import Undecodable
from eventlog.names import EARLIER, NAMES, TYPES
from eventlog.personal.marks import personal_fields
from eventlog.personal.sealing import MARK
from eventlog.personal.store import KeyStore
from eventlog.record import LogRecord
from sojourn.verify.findings import Findings

SOON = timedelta(minutes=1)
"""How long what follows from an erasure may take, with the reactors running."""

SEALED = {name for name, fact in TYPES.items() if personal_fields(fact)} - set(EARLIER)
ERASED = NAMES[AccountErased]
SIGN_INS = "SELECT account_id FROM credentials WHERE account_id = ANY(%s)"


class PersonalCheck:
    """Looks at every event in turn; remembers who is erased, and since when."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._erased: dict[UUID, datetime] = {}

    def look(self, page: Sequence[LogRecord]) -> None:
        """Check that the personal text of each event is sealed."""
        for record in page:
            if record.type not in SEALED and record.type != ERASED:
                continue
            try:
                event = record.decoded().event
            except Undecodable:
                continue  # invariant 1 tells of it
            if isinstance(event, AccountErased):
                self._erased[event.account_id] = record.recorded_at
                continue
            for field, of in personal_fields(type(event)):
                text: str | None = getattr(event, field)
                self._findings.count("personal texts", int(text is not None))
                by_process = of == "actor" and not _is_person(record.actor)
                if text is not None and not by_process and not text.startswith(MARK):
                    self._findings.found(
                        f"position {record.position}: {field} of {record.type} is readable"
                    )

    def end(self, connection: Connection[Any], now: datetime, keys_url: str | None) -> None:
        """Check that the erased are forgotten; of their keys only where there is a way to ask."""
        due = [person for person, at in self._erased.items() if now - at > SOON]
        self._findings.count("erased people", len(self._erased))
        for (person,) in connection.execute(SIGN_INS, [due]).fetchall():
            self._findings.found(f"account {person} is erased and can still sign in")
        if keys_url is None or not due:
            return
        with KeyStore(keys_url) as store:
            for kept in store.find(due):
                if kept.wrapped is not None:
                    self._findings.found(f"account {kept.person} is erased and has a key")


def _is_person(actor: str) -> bool:
    try:
        UUID(actor)
    except ValueError:
        return False
    return True
