"""The catalogue of all events as a page, made of the facts themselves: names, sentences, fields."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from domain import streams
from eventlog.names import EARLIER, NAMES
from eventlog.personal.marks import personal_fields

PLACE = "docs/events.md"
"""Where the page lies in a checkout."""

COMMAND = f"sojourn events --to {PLACE}"
"""What makes it anew."""

PLAIN: dict[type[Any], tuple[str, str]] = {
    UUID: ("id", "a UUID in lower case"),
    datetime: ("instant", "an RFC 3339 time in UTC, such as `2026-11-01T15:00:00Z`"),
    date: ("day", "a calendar date in the listing's time zone, such as `2026-11-01`"),
    time: ("time of day", "a local time, such as `15:00:00`"),
    str: ("text", "Unicode text"),
    int: ("integer", "a whole number of at most 64 bits"),
    float: ("number", "a number with a fraction"),
    bool: ("true or false", "`true` or `false`"),
}
"""What each plain type is called, and how it is written in JSON."""

OPENING = f"""\
# Events

Everything that the log may hold, by the kind of stream that holds it. This page is made from the
code by `{COMMAND}`: change the facts in `domain/`, not the page.

A stream is named by its kind and the id that it is about: `booking-<id>`. Its events are numbered
from 1 without holes. A stored name ends in its version; a name and what it means never change, and
a new meaning is a new name.

The fields below are the event's `data`, JSON with exactly these names. Beside it the log keeps
`position`, `stream`, `version`, `type`, `key`, `recorded_at`, `occurred_at`, `actor`,
`correlation_id`, `causation_id` and `hash`: see [how to audit the log](how-to/audit.md).

A text that is *sealed* for a person is stored encrypted with that person's key, as `sealed:1:` and
base64: see [how to erase a person](how-to/erase.md). Everything else has ids only.
"""


def page() -> str:
    """The whole catalogue in Markdown."""
    found = _Types()
    events = "\n".join(_streams(found))
    return f"{OPENING}\n{events}\n## Types\n\n{_plain_types()}\n{found.told()}"


def _streams(found: _Types) -> Iterator[str]:
    kinds = list(get_args(streams.Category))
    unknown = {name.partition(".")[0] for name in NAMES.values()}.difference(kinds)
    assert not unknown, f"streams without a name in domain/streams.py: {unknown}"
    for kind in kinds:
        yield f"## {kind.capitalize()}\n\n{_about(kind)}\n"
        for event, name in NAMES.items():
            if name.startswith(f"{kind}."):
                yield f"### `{name}`\n\n{said(event)}{_once(event)}\n\n{found.fields(event)}"


def _about(kind: str) -> str:
    told = said(getattr(streams, f"{kind}_stream"))
    return f"`{kind}-<id>`: {told[0].lower()}{told[1:]}"


def _once(event: type[Any]) -> str:
    """What it was called while its texts were readable."""
    names = [name for name, now in EARLIER.items() if now is event]
    return "".join(f" It was `{name}` before its text was sealed." for name in names)


def _plain_types() -> str:
    rows = [f"| {name} | {meaning} |" for name, meaning in PLAIN.values()]
    return "\n".join(["| type | in JSON |", "|---|---|", *rows]) + "\n"


class _Types:
    """Names types, and remembers those made of fields, to be told once at the end."""

    def __init__(self) -> None:
        self._composed: dict[str, type[Any]] = {}

    def fields(self, made: type[Any]) -> str:
        """The fields of a dataclass as a table, or a sentence when it has none."""
        hints = get_type_hints(made)
        marks = dict(personal_fields(made))
        rows = [
            f"| `{field.name}` | {self.name(hints[field.name])}{_whose(marks, field.name)}"
            f"{_left_out(field)} |"
            for field in dataclasses.fields(made)
        ]
        if not rows:
            return "No fields.\n"
        return "\n".join(["| field | type |", "|---|---|", *rows]) + "\n"

    def told(self) -> str:
        """What the remembered types are, those that they are made of included."""
        sections: dict[str, str] = {}
        while waiting := [name for name in self._composed if name not in sections]:
            for name in waiting:
                made = self._composed[name]
                sections[name] = f"### {name}\n\n{said(made)}\n\n{self.fields(made)}"
        return "\n".join(sections[name] for name in sorted(sections))

    def name(self, hint: Any) -> str:
        """How a type is called here; raises TypeError for one that has no name yet."""
        if hint in PLAIN:
            return PLAIN[hint][0]
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            known = self._composed.setdefault(hint.__name__, hint)
            assert known is hint, f"two types are called {hint.__name__}"
            return f"[{hint.__name__}](#{hint.__name__.lower()})"
        arguments = get_args(hint)
        origin = get_origin(hint)
        if origin is Literal:
            return _or(f"`{_json(value)}`" for value in arguments)
        if origin in {Union, UnionType}:
            members = [self.name(each) for each in arguments if each is not NoneType]
            return _or([*members, "`null`"] if NoneType in arguments else members)
        if origin is tuple and arguments[1:] == (...,):
            return f"list of {self.name(arguments[0])}"
        if origin in {frozenset, list}:
            return f"list of {self.name(arguments[0])}"
        raise TypeError(f"sojourn/event_catalogue.py has no word for the type {hint!r} yet")


def _whose(marks: Mapping[str, str], field: str) -> str:
    match marks.get(field):
        case None:
            return ""
        case "actor":
            return "; sealed for whoever decided"
        case "subject":
            return "; sealed for whom the stream is about"
        case of:
            return f"; sealed for whose id `{of}` is"


def _left_out(field: dataclasses.Field[Any]) -> str:
    if field.default is not dataclasses.MISSING:
        return f"; {_default(field.default)} if left out"
    if field.default_factory is not dataclasses.MISSING:
        return f"; {_default(field.default_factory())} if left out"
    return ""


def _default(value: object) -> str:
    if name := getattr(value, "name", None):
        return f"the one named `{name}`"
    if dataclasses.is_dataclass(value) and value == type(value)():
        return "all its defaults"
    return f"`{_json(value)}`"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _or(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def said(thing: Any) -> str:
    """A docstring in Markdown, a paragraph a line."""
    doc = inspect.getdoc(thing)
    assert doc, f"{thing} says nothing of itself"
    paragraphs = [" ".join(paragraph.split()) for paragraph in doc.split("\n\n")]
    return re.sub(r"``(.+?)``", r"`\1`", "\n\n".join(paragraphs))
