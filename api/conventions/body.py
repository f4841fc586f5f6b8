"""Reading a body: unreadable JSON is 400, text that can't be stored is 422."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from fastapi import Request

from api.conventions.problems import FieldError, Problem

UNREADABLE = "unreadable_json"


class JsonRequest(Request):
    """A request whose JSON is read once, strictly: UTF-8, no NaN, no infinities."""

    _document: Any

    async def json(self) -> Any:
        """The body's JSON value; :class:`Problem` (400) when it can't be read."""
        if not hasattr(self, "_document"):
            self._document = read_json(await self.body())
        return self._document


def read_json(raw: bytes) -> Any:
    """The JSON value of ``raw``; :class:`Problem` (400) when there is none."""
    try:
        return json.loads(raw.decode(), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise Problem(400, UNREADABLE, "The body is not UTF-8.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Problem(400, UNREADABLE, f"The body is not JSON: {error.msg} ({where}).") from None
    except (ValueError, RecursionError):
        raise Problem(400, UNREADABLE, "The body is not JSON that can be read.") from None


def check_media_type(request: Request) -> None:
    """415 unless the body says it is JSON, or says nothing."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given and given != "application/json" and not given.endswith("+json"):
        raise Problem(
            415, "unsupported_media_type", f"The body must be application/json, not {given}."
        )


def unstorable_text(value: Any, path: str = "") -> Iterator[FieldError]:
    """The strings in ``value`` with NUL characters or lone surrogates, which nothing can store."""
    if isinstance(value, str):
        if not value.isascii() or "\0" in value:
            yield from _unstorable(value, path)
    elif isinstance(value, dict):
        for name, member in value.items():  # pyright: ignore[reportUnknownVariableType]
            yield from unstorable_text(name, path)
            shown = str(name).encode(errors="replace").decode().replace("\0", "\N{SYMBOL FOR NULL}")  # pyright: ignore[reportUnknownArgumentType]
            yield from unstorable_text(member, f"{path}.{shown}" if path else shown)
    elif isinstance(value, list):
        for index, member in enumerate(value):  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
            yield from unstorable_text(member, f"{path}.{index}" if path else str(index))


def _unstorable(text: str, path: str) -> Iterator[FieldError]:
    if "\0" in text:
        yield FieldError(field=path or "body", code="nul", message="NUL characters are not text")
    elif any("\ud800" <= character <= "\udfff" for character in text):
        message = "half a surrogate pair is not text"
        yield FieldError(field=path or "body", code="surrogate", message=message)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
