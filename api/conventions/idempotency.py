"""Idempotency-Key: 1 to 255 visible characters, bare or as a quoted string (RFC 8941)."""

from __future__ import annotations

import hmac
import re

from fastapi import Request

from api.conventions.problems import Problem, bad_header

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"

_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")
_QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')


def key_in(request: Request) -> str | None:
    """The request's key, None without one; 400 when it can't be read."""
    given = request.headers.getlist(HEADER)
    if not given:
        return None
    key = given[0].strip()
    if key.startswith('"'):
        quoted = _QUOTED.fullmatch(key)
        key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else ""
    if len(given) > 1 or not _VISIBLE.fullmatch(key):
        raise bad_header(
            HEADER, "bad_idempotency_key", f"{HEADER} must be 1 to 255 visible characters."
        )
    return key


def key_required() -> Problem:
    """400: the endpoint asks for a key, so that a retry can't do it twice."""
    return bad_header(
        HEADER, "idempotency_key_required", f"Send an {HEADER}, and the same one when you retry."
    )


def fingerprint(secret: bytes, method: str, path: str, body: bytes) -> bytes:
    """The keyed hash by which a repeat is known; it tells nothing about the body."""
    request = b"\0".join([method.encode(), path.encode(), body])
    return hmac.digest(secret, request, "sha256")


def key_reused() -> Problem:
    """422: the key belongs to another request."""
    return Problem(
        422,
        "idempotency_key_reused",
        f"This {HEADER} was used for a different request; choose a new one.",
    )


def in_progress() -> Problem:
    """409: the first request with this key has not finished in time."""
    return Problem(
        409,
        "idempotency_in_progress",
        f"The first request with this {HEADER} is still at work; try again.",
        headers={"Retry-After": "1"},
    )
