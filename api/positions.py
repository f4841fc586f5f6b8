"""Position tokens: how far the log was read, so that readers see their own writes.

A token is opaque to clients. Inside it is ``1:`` and ``partition.position`` pairs, in base64url.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping

Positions = Mapping[int, int]
"""By partition of the event topic, the position up to which it was read or written."""

PARTITIONS = 12
LARGEST = 2**63 - 1

_PLAIN = re.compile(r"1:((?:\d{1,2}\.\d{1,19};)*)", re.ASCII)


def encode_positions(positions: Positions) -> str:
    """The token of ``positions``; it holds no comma, so that several can be joined by commas."""
    pairs = "".join(f"{partition}.{positions[partition]};" for partition in sorted(positions))
    return base64.urlsafe_b64encode(f"1:{pairs}".encode()).decode().rstrip("=")


def decode_positions(token: str) -> dict[int, int]:
    """The positions in ``token``; ValueError when it is not a token."""
    try:
        padded = token + "=" * (-len(token) % 4)
        plain = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError) as error:
        raise ValueError("not a position token") from error
    match = _PLAIN.fullmatch(plain)
    if match is None:
        raise ValueError("not a position token")
    pairs = [pair.split(".") for pair in match[1].split(";")[:-1]]
    positions = {int(partition): int(position) for partition, position in pairs}
    if any(p >= PARTITIONS or at > LARGEST for p, at in positions.items()):
        raise ValueError("not a position token")
    return positions


def merge_positions(several: Iterable[Positions]) -> dict[int, int]:
    """The least positions that are past all of ``several``."""
    merged: dict[int, int] = {}
    for positions in several:
        for partition, position in positions.items():
            merged[partition] = max(position, merged.get(partition, 0))
    return merged
