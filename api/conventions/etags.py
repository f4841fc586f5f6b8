"""Versions over HTTP: ``ETag: "<version>.<digest of the page>"``, If-Match and If-None-Match.

If-Match compares the version alone, since proxies weaken tags and pages differ by reader.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from fastapi import Request

from api.conventions.problems import Problem, bad_header

_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_LIST = re.compile(r'\s*(?:,\s*)*((?:W/)?"[\x21\x23-\x7e\x80-\xff]*")\s*(?=,|$)')
_VERSION = re.compile(r"(\d{1,18})(?:\.[0-9a-zA-Z]+)?", re.ASCII)


def etag_of(version: int, page: bytes) -> str:
    """The tag of ``page``, which shows ``version``."""
    return f'"{version}.{hashlib.sha256(page).hexdigest()[:16]}"'


@dataclass(frozen=True)
class Tags:
    """The opaque parts of the tags in a header; ``anything`` when it was ``*``."""

    opaque: frozenset[str] = frozenset()
    anything: bool = False

    @property
    def versions(self) -> frozenset[int]:
        """The versions that If-Match names; foreign tags name none, so they match nothing."""
        matches = (_VERSION.fullmatch(tag) for tag in self.opaque)
        return frozenset(int(match[1]) for match in matches if match)


def tags_in(request: Request, name: str) -> Tags | None:
    """The tags of the header ``name``, None without it; 400 when it can't be read."""
    given = ",".join(request.headers.getlist(name)).strip()
    if name not in request.headers:
        return None
    if given == "*":
        return Tags(anything=True)
    opaque: set[str] = set()
    at = 0
    while at < len(given):
        match = _LIST.match(given, at)
        if match is None:
            break
        tag = _TAG.fullmatch(match[1])
        assert tag is not None
        opaque.add(tag[1])
        at = match.end()
    if not opaque or given[at:].strip(", \t"):
        raise bad_header(name, "bad_etag", f'{name} must hold ETags such as "7.ab12".')
    return Tags(frozenset(opaque))


def unchanged(request: Request, etag: str) -> bool:
    """Whether If-None-Match names the page that ``etag`` names."""
    tags = tags_in(request, "If-None-Match")
    return tags is not None and (tags.anything or etag.strip('"') in tags.opaque)


def named_versions(request: Request) -> frozenset[int] | None:
    """The versions that If-Match names; None when it is missing or ``*``."""
    tags = tags_in(request, "If-Match")
    return None if tags is None or tags.anything else tags.versions


def version_required() -> Problem:
    """428: a change must say which version it changes."""
    return Problem(
        428,
        "version_required",
        'Say which version you change: If-Match with the ETag you read, such as "7.ab12".',
    )
