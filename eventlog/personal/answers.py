"""Receipts are sealed whole: what a person was told is theirs, whatever it says."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import msgspec

from eventlog.append import Receipt
from eventlog.personal.keys import Erased
from eventlog.personal.sealing import ID_BYTES, Sealing

MARK = b"\0sealed:1:"
"""No answer begins with a zero byte; those from before receipts were sealed are as they were."""


def sealed_answer(receipt: Receipt, person: UUID, sealing: Sealing) -> Receipt:
    """``receipt`` with headers and body sealed for ``person``; raises Erased, KeysUnavailable."""
    told = msgspec.json.encode(receipt.headers) + b"\n" + receipt.body
    sealed = sealing.seal_bytes(told, person, _stream(receipt), receipt.key)
    return replace(receipt, headers={}, body=MARK + sealed)


def opened_answer(receipt: Receipt, sealing: Sealing) -> Receipt:
    """What :func:`sealed_answer` sealed; raises Erased when its person is, KeysUnavailable."""
    if not receipt.body.startswith(MARK):
        return receipt
    sealed = receipt.body[len(MARK) :]
    told = sealing.open_bytes(sealed, _stream(receipt), receipt.key)
    if told is None:
        raise Erased(UUID(bytes=sealed[:ID_BYTES]))
    headers, _, body = told.partition(b"\n")
    return replace(receipt, headers=msgspec.json.decode(headers, type=dict[str, str]), body=body)


def _stream(receipt: Receipt) -> str:
    return f"receipts-{receipt.account_id}"
