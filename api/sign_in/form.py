"""The form of a token request, and the errors that RFC 6749 section 5.2 gives to bad ones."""

from __future__ import annotations

from urllib.parse import parse_qsl

import msgspec
from fastapi import Request, Response

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
MOST_FIELDS = 20


class OAuthError(Exception):
    """400 in the words of RFC 6749."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description

    def response(self) -> Response:
        """The answer."""
        document = {
            "error": self.error,
            "error_description": self.description,
            "code": self.error,
        }
        return Response(msgspec.json.encode(document), 400, NO_STORE, media_type="application/json")


async def fields_of(request: Request) -> dict[str, str]:
    """The form's fields; empty ones count as left out, none may come twice."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise OAuthError("invalid_request", "Send the form as application/x-www-form-urlencoded.")
    try:
        pairs = parse_qsl(
            (await request.body()).decode(), errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise OAuthError("invalid_request", "The form can't be read.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise OAuthError("invalid_request", "A parameter is there more than once.")
    if any("\0" in text for pair in pairs for text in pair):
        raise OAuthError("invalid_request", "NUL characters are not text.")
    return fields


def required(fields: dict[str, str], name: str) -> str:
    """The field ``name``."""
    if name not in fields:
        raise OAuthError("invalid_request", f"The parameter {name} is missing.")
    return fields[name]
