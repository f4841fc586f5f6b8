"""A person asks for all that there is about them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.work import Work
from domain.account.decisions import request_export as decide
from domain.account.state import Export


@dataclass(frozen=True, kw_only=True)
class RequestExport:
    """Have the archive made, soon, by whoever learns of this."""

    account_id: UUID
    export_id: UUID


def request_export(message: RequestExport, work: Work) -> Export:
    """Raises TooManyExports."""
    account = work.account(message.account_id)
    asked = work.record(account, decide(account.state, message.export_id, work.now))
    return asked.state.exports[-1]
