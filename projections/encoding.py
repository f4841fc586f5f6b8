"""States become JSON bytes that are equal whenever the states are."""

from __future__ import annotations

import msgspec

_encoder = msgspec.json.Encoder(order="deterministic")


def encode(state: object) -> bytes:
    """The JSON of a dataclass, its sets and mappings in one order."""
    try:
        return _encoder.encode(state)
    except TypeError:
        # The encoder itself can't order mappings whose keys are ids.
        plain = msgspec.to_builtins(state, str_keys=True, order="deterministic")
        return _encoder.encode(plain)
