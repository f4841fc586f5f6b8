"""The secrets of webhook endpoints: derived, so that they are kept nowhere.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from domain.webhook.state import Endpoint

PREFIX = "whsec_"


def signing_key(key: bytes, endpoint_id: UUID, generation: int) -> bytes:
    """The 32 bytes that sign what goes to an endpoint; ``key`` is the platform's for webhooks."""
    return hmac.digest(key, f"{endpoint_id} {generation}".encode(), hashlib.sha256)


def signing_keys(key: bytes, endpoint: Endpoint, now: datetime) -> list[bytes]:
    """All that sign at ``now``, the newest first."""
    return [signing_key(key, endpoint.id, each) for each in endpoint.generations(now)]


def secret_of(key: bytes, endpoint: Endpoint) -> str:
    """The newest secret as integrators are given it."""
    newest = signing_key(key, endpoint.id, endpoint.generation)
    return PREFIX + base64.b64encode(newest).decode()
