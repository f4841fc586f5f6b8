"""The key files of one installation: made once, kept for good."""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from stack.secret_files import random_key, secret


def make_keys(folder: Path) -> dict[str, Path]:
    """Each key setting and its file in ``folder``; files that exist are left as they are."""
    files = {
        name: folder / name.replace("_", "-")
        for name in ("signing_key", "secret_key", "master_key")
    }
    seed = secret(files["signing_key"], random_key)
    secret(files["secret_key"], random_key)
    secret(files["master_key"], random_key)
    files["verify_key"] = folder / "verify-key"
    secret(files["verify_key"], lambda: public_key(seed))
    return {f"SOJOURN_{name.upper()}_FILE": path for name, path in files.items()}


def public_key(seed: str) -> str:
    """The base64 public key of a base64 Ed25519 seed."""
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed))
    return base64.b64encode(private.public_key().public_bytes_raw()).decode("ascii")
