"""Events become bytes and come back equal: strict JSON under an explicit, versioned name."""

from __future__ import annotations

import msgspec

from domain.events import Event
from domain.refusals import Refusal
from eventlog.names import EARLIER, NAMES, TYPES

_encoder = msgspec.json.Encoder(order="deterministic")
_decoders = {name: msgspec.json.Decoder(event) for name, event in {**EARLIER, **TYPES}.items()}


class Undecodable(Exception):
    """The bytes are not an event of the named type; ``name`` says which was claimed."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"cannot decode {name!r}: {why}")
        self.name = name


def encode(event: Event) -> tuple[str, bytes]:
    """The stored name and the JSON bytes of ``event``."""
    return NAMES[type(event)], _encoder.encode(event)


def decode(name: str, data: bytes) -> Event:
    """The event stored as ``data`` under ``name``; :class:`Undecodable` when it is not one."""
    try:
        return _decoders[name].decode(data)
    except KeyError:
        raise Undecodable(name, "no event has this name") from None
    except (msgspec.MsgspecError, Refusal) as error:
        raise Undecodable(name, str(error)) from error
