"""One secret, a key for each purpose: none can stand in for another."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from email_validator import EmailNotValidError, validate_email


def key_for(secret: bytes, purpose: str) -> bytes:
    """The key that ``secret`` gives ``purpose``."""
    return hmac.digest(secret, purpose.encode(), hashlib.sha256)


def webhook_key(secret: bytes, provider: str) -> bytes:
    """The key with which ``provider`` signs what it tells us."""
    return key_for(secret, f"webhooks of {provider}")


def webhook_secrets_key(secret: bytes) -> bytes:
    """The key from which the secrets of webhook endpoints follow."""
    return key_for(secret, "secrets of webhook endpoints")


def hash_email(secret: bytes, email: str) -> bytes:
    """The keyed hash under which an e-mail address is known, however it is written."""
    folded = unicodedata.normalize("NFKC", _in_unicode(email.strip())).casefold()
    return hmac.digest(key_for(secret, "e-mail"), folded.encode(), hashlib.sha256)


def _in_unicode(email: str) -> str:
    try:
        parsed = validate_email(email, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return email
    return parsed.normalized
