"""One secret, a key for each purpose: none can stand in for another."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata


def key_for(secret: bytes, purpose: str) -> bytes:
    """The key that ``secret`` gives ``purpose``."""
    return hmac.digest(secret, purpose.encode(), hashlib.sha256)


def hash_email(secret: bytes, email: str) -> bytes:
    """The keyed hash under which an e-mail address is known, however it is written."""
    folded = unicodedata.normalize("NFKC", email).strip().casefold()
    return hmac.digest(key_for(secret, "e-mail"), folded.encode(), hashlib.sha256)
