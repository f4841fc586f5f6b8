"""A person goes by another name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from commands.versioned import Versioned
from commands.work import Work
from domain.account.decisions import rename
from domain.account.state import Account
from domain.refusals import StaleVersion


@dataclass(frozen=True, kw_only=True)
class RenameAccount:
    """Call the account what ``revise`` makes of it, if its version is among ``named``."""

    account_id: UUID
    named: frozenset[int]
    revise: Callable[[Account], str]


def rename_account(message: RenameAccount, work: Work) -> Versioned[Account]:
    """Raises StaleVersion, and what ``revise`` raises."""
    account = work.account(message.account_id)
    if account.version not in message.named:
        raise StaleVersion(expected=max(message.named, default=0), actual=account.version)
    now = work.readable(account.state, account.stream)
    renamed = work.record(account, rename(now, message.revise(now)))
    return work.readable(renamed, account.stream)
