"""A code is known by who gives it and how it is spelled, so that it is found without an index."""

from __future__ import annotations

import re
from uuid import UUID, uuid5

from domain.promotion.refusals import UnknownCoupon

NAMESPACE = UUID("c9f3a1de-5b1c-5d0e-9a52-7f6e2f1f0b64")
"""Of the ids of all promotions; it never changes, or no coupon is found again."""

_CODE = re.compile(r"[A-Z0-9-]{3,40}")


def spelled(given: str) -> str | None:
    """``given`` as codes are written, without spaces around it and in capitals; none if it is none.

    A code has 3 to 40 of A-Z, 0-9 and the hyphen. Letters that merely become these in capitals
    are others.
    """
    trimmed = given.strip()
    code = trimmed.upper() if trimmed.isascii() else ""
    return code if _CODE.fullmatch(code) else None


def promotion_id(host_id: UUID | None, code: str) -> UUID:
    """The id of the promotion with a spelled ``code``: a host's, or the platform's for none."""
    return uuid5(NAMESPACE, f"{host_id or 'platform'}/{code}")


def candidates(given: str, host_id: UUID) -> tuple[UUID, UUID]:
    """Which promotions a coupon may mean at a host's listing: the host's, else the platform's.

    Raises UnknownCoupon for what is no code.
    """
    code = spelled(given)
    if code is None:
        raise UnknownCoupon(coupon=given)
    return promotion_id(host_id, code), promotion_id(None, code)
