"""Lists in pages: ``limit``, an opaque ``cursor``, ``next`` in the body and in a Link header."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from fastapi import Query, Request

from api.conventions.problems import invalid
from api.representations.values import Whole

Limit = Annotated[Whole, Query(ge=1, le=100, description="How many items a page has at most.")]
DEFAULT_LIMIT = 20
CursorText = Annotated[str | None, Query(max_length=2000, description="`next` of the page before.")]

_MAC_LENGTH = 12


class Cursors:
    """Makes cursors that nobody else can make, each good for one list only."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def write(self, name: str, after: object) -> str:
        """The cursor that continues the list ``name`` behind ``after``, any JSON value."""
        plain = msgspec.json.encode(after)
        return base64.urlsafe_b64encode(self._mac(name, plain) + plain).decode().rstrip("=")

    def read(self, name: str, cursor: str) -> Any:
        """What the cursor continues behind; 422 when it was not made for the list ``name``."""
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            raw = base64.b64decode(padded.encode(), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        mac, plain = raw[:_MAC_LENGTH], raw[_MAC_LENGTH:]
        if not plain or not hmac.compare_digest(mac, self._mac(name, plain)):
            raise invalid("cursor", "bad_cursor", "this is no cursor of this list")
        return msgspec.json.decode(plain)

    def _mac(self, name: str, plain: bytes) -> bytes:
        return hmac.digest(self._secret, name.encode() + b"\0" + plain, hashlib.sha256)[
            :_MAC_LENGTH
        ]


def next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """The Link header of the next page, path-relative; nothing on the last page."""
    if cursor is None:
        return {}
    others = [pair for pair in request.query_params.multi_items() if pair[0] != "cursor"]
    query = urlencode([*others, ("cursor", cursor)])
    return {"Link": f'<{request.url.path}?{query}>; rel="next"'}
