"""Secrets that are made once and kept in files that only their owner can read."""

from __future__ import annotations

import base64
import os
import secrets as random_source
from collections.abc import Callable
from pathlib import Path


def _password() -> str:
    return random_source.token_urlsafe(24)


def random_key() -> str:
    """32 random bytes in base64."""
    return base64.b64encode(random_source.token_bytes(32)).decode("ascii")


def secret(path: Path, make: Callable[[], str] = _password) -> str:
    """The text in `path`; the first time, what `make` returns, stored with mode 0600.

    Of several processes that come first, one wins and all return its text.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{path.name}.{os.getpid()}-{random_source.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(make())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()
