"""Which fields of a fact are personal, read from the marks that the domain put on them."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args, get_type_hints

from domain.personal import Personal


@cache
def personal_fields(fact: type[Any]) -> tuple[tuple[str, str], ...]:
    """Each personal field of ``fact``, and whose its text is: see :class:`Personal`."""
    hints = get_type_hints(fact, include_extras=True)
    return tuple((name, mark.of) for name, hint in hints.items() for mark in marks_in(hint))


def marks_in(hint: Any) -> list[Personal]:
    """The marks on a type, or on the members of a union."""
    found = [each for each in getattr(hint, "__metadata__", ()) if isinstance(each, Personal)]
    return found or [mark for each in get_args(hint) for mark in marks_in(each)]
