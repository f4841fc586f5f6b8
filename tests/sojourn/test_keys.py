from __future__ import annotations

import base64
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sojourn.keys import make_keys
from sojourn.settings import Settings


def test_keys_are_made_once_and_belong_together(tmp_path: Path) -> None:
    made = make_keys(tmp_path / "keys")
    contents = {path: path.read_bytes() for path in made.values()}
    assert make_keys(tmp_path / "keys") == made
    assert {path: path.read_bytes() for path in made.values()} == contents
    assert {path.stat().st_mode & 0o777 for path in made.values()} == {0o600}

    files = {name.removeprefix("SOJOURN_").lower(): path for name, path in made.items()}
    settings = Settings(**files)  # type: ignore[arg-type]
    assert len(settings.key("signing_key_file")) == 32
    Ed25519PublicKey.from_public_bytes(settings.key("verify_key_file"))
    assert len(base64.b64decode(contents[files["secret_key_file"]])) == 32
