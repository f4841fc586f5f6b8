"""Seals personal text before it is stored, and opens it for who may read it.

Sealed text is text too: a mark, then base64 of the person's id, a nonce and what AES-256-GCM made,
bound to the person, the stream and the field. It travels through facts, states and documents as
any text does; without the person's key it is dark.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.events import Event
from domain.personal import ERASED
from domain.streams import subject
from eventlog.personal.keys import PersonalKeys
from eventlog.personal.marks import personal_fields

T = TypeVar("T")
E = TypeVar("E", bound=Event)

MARK = "sealed:1:"

ID_BYTES = 16
NONCE_BYTES = 12


class Sealing:
    """Seals and opens with everybody's ``keys``; ``nonce`` makes 12 bytes, never the same twice."""

    def __init__(self, keys: PersonalKeys, nonce: Callable[[int], bytes] = os.urandom) -> None:
        self.keys = keys
        self._nonce = nonce

    def close(self) -> None:
        """Give the connections of the keys' store back."""
        self.keys.close()

    def sealed(self, event: E, stream: str, actor: UUID | None) -> E:
        """``event`` of ``stream``, decided by ``actor``, with all that is personal sealed.

        Raises Erased or KeysUnavailable.
        """
        marked = personal_fields(type(event))
        if not marked:
            return event
        changed: dict[str, str] = {}
        for name, of in marked:
            text: str | None = getattr(event, name)
            person = _person(event, of, stream, actor)
            if text is not None and person is not None:
                changed[name] = self.seal(text, person, stream, name)
        return replace(event, **changed) if changed else event

    def seal(self, text: str, person: UUID, stream: str, field: str) -> str:
        """``text`` sealed for its place; raises Erased or KeysUnavailable."""
        sealed = self.seal_bytes(text.encode("utf-8", "surrogatepass"), person, stream, field)
        return MARK + base64.b64encode(sealed).decode("ascii")

    def seal_bytes(self, data: bytes, person: UUID, stream: str, field: str) -> bytes:
        """As :meth:`seal`, for what is no text."""
        nonce = self._nonce(NONCE_BYTES)
        cipher = self.keys.to_write(person)
        return person.bytes + nonce + cipher.encrypt(nonce, data, _bound(person, stream, field))

    def open_bytes(self, sealed: bytes, stream: str, field: str) -> bytes | None:
        """What :meth:`seal_bytes` sealed for this place, none when its person is erased."""
        person = UUID(bytes=sealed[:ID_BYTES])
        cipher = self.keys.to_read([person]).get(person)
        return _opened(sealed, cipher, stream, field)

    def readable(self, found: T, stream: str, *, of: UUID | None = None) -> T:
        """``found``, of ``stream``, with all sealed text in it opened, or ``erased``.

        It may be a dataclass, or a tuple or mapping of them. Only what is ``of`` a person is
        opened, if one is named; the rest stays sealed. Raises KeysUnavailable.
        """
        people = people_in([found])
        keys = self.keys.to_read(people if of is None else people & {of})

        def change(text: str, field: str) -> str:
            return _text(text, keys, stream, field, of)

        return cast("T", _walked(found, "", change))


def people_in(found: Iterable[Any]) -> set[UUID]:
    """Whose sealed text there is in ``found``."""
    people: set[UUID] = set()

    def look(text: str, _field: str) -> str:
        if (sealed := _bytes(text)) is not None:
            people.add(UUID(bytes=sealed[:ID_BYTES]))
        return text

    for each in found:
        _walked(each, "", look)
    return people


def _walked(found: Any, field: str, change: Callable[[str, str], str]) -> Any:
    """``found`` with each sealed text in it, and the field that holds it, put through ``change``.

    What does not change is the same object.
    """
    if isinstance(found, str):
        return change(found, field) if found.startswith(MARK) else found
    if isinstance(found, tuple):
        items = cast("tuple[Any, ...]", found)
        after = [_walked(item, field, change) for item in items]
        same = all(new is old for new, old in zip(after, items, strict=True))
        return items if same else tuple(after)
    if isinstance(found, dict):
        pairs = cast("dict[Any, Any]", found)
        walked = {key: _walked(value, field, change) for key, value in pairs.items()}
        return pairs if all(walked[key] is pairs[key] for key in pairs) else walked
    if is_dataclass(found) and not isinstance(found, type):
        changed: dict[str, Any] = {}
        for each in fields(found):
            before = getattr(found, each.name)
            new = _walked(before, each.name, change)
            if new is not before:
                changed[each.name] = new
        return replace(found, **changed) if changed else found
    return found


def _text(text: str, keys: dict[UUID, AESGCM], stream: str, field: str, of: UUID | None) -> str:
    sealed = _bytes(text)
    if sealed is None:
        return text
    person = UUID(bytes=sealed[:ID_BYTES])
    if of is not None and person != of:
        return text
    opened = _opened(sealed, keys.get(person), stream, field)
    return ERASED if opened is None else opened.decode("utf-8", "surrogatepass")


def _opened(sealed: bytes, cipher: AESGCM | None, stream: str, field: str) -> bytes | None:
    if cipher is None:
        return None
    person, nonce = UUID(bytes=sealed[:ID_BYTES]), sealed[ID_BYTES : ID_BYTES + NONCE_BYTES]
    try:
        return cipher.decrypt(
            nonce, sealed[ID_BYTES + NONCE_BYTES :], _bound(person, stream, field)
        )
    except InvalidTag:
        # It was moved here from elsewhere, or changed: nothing that anybody said.
        return None


def _bytes(text: str) -> bytes | None:
    if not text.startswith(MARK):
        return None
    try:
        sealed = base64.b64decode(text[len(MARK) :], validate=True)
    except (binascii.Error, ValueError):
        return None
    return sealed if len(sealed) > ID_BYTES + NONCE_BYTES else None


def _bound(person: UUID, stream: str, field: str) -> bytes:
    return b"\0".join((b"sojourn", person.bytes, stream.encode(), field.encode()))


def _person(event: Event, of: str, stream: str, actor: UUID | None) -> UUID | None:
    """Whose text it is: nobody's when a process of ours decided, which is no person."""
    if of == "subject":
        return subject(stream)
    return actor if of == "actor" else getattr(event, of)
