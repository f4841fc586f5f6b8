"""One host with their listings, as keyed commands: whatever is repeated happens once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from commands.context import Context
from commands.create_listing import CreateListing, create_listing
from commands.execute import Commands
from commands.publish_listing import PublishListing, publish_listing
from commands.receipts import KeyReused, ReceiptRequest, StoredResponse
from commands.register_account import RegisterAccount, register_account
from commands.versioned import Versioned
from domain.refusals import Refusal
from sojourn.stockholm.rows import BadRow, StockholmListing, host_id

KEY = "import:stockholm:"
PROCESS = "import"

Done = Mapping[tuple[UUID, str], bytes]
"""The fingerprint of each command that has its receipt already, by account and key."""


@dataclass
class Tally:
    """What became of some rows."""

    created: int = 0
    already_there: int = 0
    refused: list[BadRow] = field(default_factory=list[BadRow])


def import_host(commands: Commands, number: str, rows: list[StockholmListing], done: Done) -> Tally:
    """Register the host and create their listings, except for what is ``done``.

    Raises :class:`commands.execute.Unavailable`.
    """
    owner = host_id(number)
    ask = _Asking(commands, owner, done)
    message = RegisterAccount(account_id=owner, name=f"Host {number}")
    ask.once(f"host:{number}:register", b"host", register_account, message, actor=None)
    tally = Tally()
    for row in rows:
        try:
            new = _import_listing(ask, row)
        except (Refusal, KeyReused) as refusal:
            tally.refused.append(BadRow(row.number, _reason(refusal)))
        else:
            tally.created += new
            tally.already_there += not new
    return tally


def _import_listing(ask: _Asking, row: StockholmListing) -> bool:
    key, listing_id = f"listing:{row.number}", row.id
    create = CreateListing(
        listing_id=listing_id, host_id=row.host_id, offer=row.offer, imported=row.imported
    )
    new = ask.once(f"{key}:create", row.fingerprint, create_listing, create, actor=row.host_id)
    if row.offer.price is not None:
        publish = PublishListing(listing_id=listing_id)
        new |= ask.once(
            f"{key}:publish", row.fingerprint, publish_listing, publish, actor=row.host_id
        )
    return new


@dataclass
class _Asking:
    commands: Commands
    account: UUID
    done: Done

    def once(
        self,
        key: str,
        told: bytes,
        handle: Callable[..., Versioned[Any]],
        message: object,
        actor: UUID | None,
    ) -> bool:
        """Carry out ``message`` unless ``key`` was used for it; whether it was carried out now."""
        name = KEY + key
        fingerprint = hashlib.sha256(name.encode() + b"\0" + told).digest()
        known = self.done.get((self.account, name))
        if known is not None:
            if known != fingerprint:
                raise KeyReused
            return False
        context = Context(
            actor=actor,
            process=PROCESS,
            correlation_id="import:stockholm",
            receipt=ReceiptRequest(account_id=self.account, key=name, fingerprint=fingerprint),
        )
        return not self.commands.execute(handle, message, context, _answer).replayed


def _answer(result: Versioned[Any]) -> StoredResponse:
    body = msgspec.json.encode({"id": result.state.id, "version": result.version})
    return StoredResponse(status=201, body=body, headers={})


def _reason(refusal: Exception) -> str:
    if isinstance(refusal, KeyReused):
        return "it was imported before and said something else then"
    return str(refusal)
