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
    """Call the account what ``revise`` makes of it, if it still has version ``expected``."""

    account_id: UUID
    expected: int
    revise: Callable[[Account], str]


def rename_account(message: RenameAccount, work: Work) -> Versioned[Account]:
    """Raises StaleVersion, and what ``revise`` raises."""
    account = work.account(message.account_id)
    if account.version != message.expected:
        raise StaleVersion(expected=message.expected, actual=account.version)
    return work.record(account, rename(account.state, message.revise(account.state)))
