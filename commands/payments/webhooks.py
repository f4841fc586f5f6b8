"""Webhooks signed as Standard Webhooks describes: an id, a timestamp and an HMAC over both and all.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=5)
"""How old, or how far ahead, a timestamp may be: what is older could be a replayed capture."""

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


class Unreadable(Exception):
    """A header is missing, or not what it should be."""


class Untrusted(Exception):
    """The signature is not ours, or it is too old."""


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """What is told, under an id that stays the same when it is told again."""

    id: str
    body: bytes


def signed(
    webhook: Webhook, key: bytes, now: datetime, *, earlier: Sequence[bytes] = ()
) -> dict[str, str]:
    """The headers of ``webhook`` when it is sent at ``now``; ``earlier`` keys sign it, too."""
    timestamp = str(int(now.timestamp()))
    return {
        "content-type": "application/json",
        ID: webhook.id,
        TIMESTAMP: timestamp,
        SIGNATURE: " ".join(
            f"v1,{_signature(webhook.id, timestamp, webhook.body, each)}"
            for each in (key, *earlier)
        ),
    }


def verified(headers: Mapping[str, str], body: bytes, key: bytes, now: datetime) -> Webhook:
    """The webhook that ``headers`` and ``body`` are; raises Unreadable or Untrusted."""
    identity, timestamp, given = (headers.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE))
    if not identity or len(identity) > 255 or not given or not timestamp.isdecimal():
        raise Unreadable(f"{ID}, {TIMESTAMP} and {SIGNATURE} are needed")
    try:
        sent = datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        raise Unreadable(f"{TIMESTAMP} is no time") from None
    if abs(now - sent) > TOLERANCE:
        raise Untrusted("the timestamp is too far from now")
    expected = _signature(identity, timestamp, body, key).encode()
    signatures = [each.partition(",")[2].encode() for each in given.split() if each[:3] == "v1,"]
    if not any([hmac.compare_digest(expected, each) for each in signatures]):  # noqa: C419 - all are compared, so that time tells nothing
        raise Untrusted("the signature does not match")
    return Webhook(id=identity, body=body)


def _signature(identity: str, timestamp: str, body: bytes, key: bytes) -> str:
    content = b".".join([identity.encode(), timestamp.encode(), body])
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
