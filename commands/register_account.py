"""A person joins, with an e-mail address and a password, or imported without."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.account.decisions import register
from domain.account.state import Account, evolve
from domain.streams import account_stream
from eventlog.append import Credential


@dataclass(frozen=True, kw_only=True)
class RegisterAccount:
    """``email_hash`` and ``password_hash`` go to the credentials, never into an event."""

    account_id: UUID
    name: str
    email: str | None = None
    email_hash: bytes | None = None
    password_hash: str | None = None


def register_account(message: RegisterAccount, work: Work) -> Versioned[Account]:
    """Raises EmailTaken when another account has the address."""
    if message.email_hash and message.password_hash:
        work.credential = Credential(
            account_id=message.account_id,
            email_hash=message.email_hash,
            password_hash=message.password_hash,
        )
    work.person = message.account_id
    stream, key = account_stream(message.account_id), str(message.account_id)
    joined = register(message.account_id, message.name, message.email)
    return work.readable(work.begin(stream, key, evolve, joined), stream)
